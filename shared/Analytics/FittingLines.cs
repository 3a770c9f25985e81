using ClickHouse.Driver;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>A line that ClickHouse cannot take, by its place among those that were sent, and why.</summary>
internal sealed record RefusedLine(int Place, string Line, string Reason);

/// <summary>
/// Sends lines in one block. Where ClickHouse refuses it for what is in it, it goes by halves, until what cannot be taken is left over. A half's token
/// is made of the whole's, so that the same lines sent again are the same blocks.
/// </summary>
internal sealed class FittingLines(ClickHouseDatabase clickHouse, AnalyticsTarget target)
{
    private const int LongestReason = 500;

    // What ClickHouse answers to a value that it cannot read or that its column cannot hold. All else (away, busy, full, no such table yet) is worth
    // another try with the same line.
    private static readonly HashSet<int> OfTheData =
    [
        6, 25, 26, 27, 38, 41, 72, 376, 467, // CANNOT_PARSE_ text, escape sequence, quoted string, input, date, time, number, UUID, boolean
        69, 70, 117, 131, 321, 407, // ARGUMENT_OUT_OF_BOUND, CANNOT_CONVERT_TYPE, INCORRECT_DATA, TOO_LARGE_STRING_SIZE, VALUE_IS_OUT_OF_RANGE, DECIMAL_OVERFLOW
    ];

    private readonly List<RefusedLine> refused = [];

    /// <summary>What could not be taken; all else has arrived.</summary>
    public async Task<IReadOnlyList<RefusedLine>> SendAsync(string lines, string token, CancellationToken cancellationToken)
    {
        if (await TryAsync(lines, token, cancellationToken) is { } reason)
            await HalveAsync(lines.Split('\n'), token, reason, cancellationToken);
        return refused;
    }

    private async Task HalveAsync(ArraySegment<string> lines, string token, string reason, CancellationToken cancellationToken)
    {
        if (lines.Count == 1)
        {
            refused.Add(new RefusedLine(lines.Offset, lines[0], reason));
            return;
        }

        var middle = lines.Count / 2;
        foreach (var (half, name) in new[] { (lines[..middle], $"{token}/0"), (lines[middle..], $"{token}/1") })
        {
            if (await TryAsync(string.Join<string>('\n', half), name, cancellationToken) is { } why)
                await HalveAsync(half, name, why, cancellationToken);
        }
    }

    // Null when they have arrived, else why they cannot.
    private async Task<string?> TryAsync(string lines, string token, CancellationToken cancellationToken)
    {
        try
        {
            await clickHouse.InsertLinesAsync(target, lines, token, cancellationToken);
            return null;
        }
        catch (ClickHouseServerException refusal) when (OfTheData.Contains(refusal.ErrorCode))
        {
            return refusal.Message.Length <= LongestReason ? refusal.Message : refusal.Message[..LongestReason];
        }
    }
}
