using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Local.Gateway;

/// <summary>Which parts run, for people and scripts.</summary>
internal static class StatusEndpoint
{
    private sealed record Part(string Name, string Url, string State, int? ReadyInMilliseconds, string? Log);

    public static void MapStatus(this WebApplication app, Func<IEnumerable<StackPart>> parts) =>
        app.MapGet("/local/status", () => parts().Select(part =>
            new Part(part.Name, part.Url, part.State.ToString().ToLowerInvariant(), (int?)part.ReadyIn?.TotalMilliseconds, part.LogFile)));
}
