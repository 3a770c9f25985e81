using System.Globalization;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Local.Gateway;

/// <summary>The stack's clock: a year of billing runs in a minute.</summary>
internal static class ClockEndpoints
{
    private sealed record Move(string? Advance, string? To);

    private sealed record Reading(DateTimeOffset Now, string Offset);

    public static void MapClock(this WebApplication app, ClockFile clock)
    {
        app.MapGet("/local/clock", () => Read(clock));
        app.MapPost("/local/clock", (Move move) =>
        {
            try
            {
                Apply(move, clock);
                return Results.Ok(Read(clock));
            }
            catch (StackException refused)
            {
                return Results.Problem(refused.Message, statusCode: StatusCodes.Status400BadRequest);
            }
        });
    }

    private static void Apply(Move move, ClockFile clock)
    {
        switch (move)
        {
            case { Advance: { } advance, To: null }:
                clock.Advance(TimeSpan.TryParse(advance, CultureInfo.InvariantCulture, out var by)
                    ? by
                    : throw new StackException($"'{advance}' is not a time span. Write days.hours:minutes:seconds, for example 1.00:00:00."));
                break;
            case { Advance: null, To: { } to }:
                clock.MoveTo(DateTimeOffset.TryParse(to, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                    ? time
                    : throw new StackException($"'{to}' is not a time. Write it like 2027-01-01T00:00:00Z."));
                break;
            default:
                throw new StackException("""Say either {"advance":"1.00:00:00"} or {"to":"2027-01-01T00:00:00Z"}.""");
        }
    }

    private static Reading Read(ClockFile clock) => new(clock.Now, clock.Offset.ToString("c", CultureInfo.InvariantCulture));
}
