using System.Diagnostics;

namespace ServerlessBusiness.Tests;

/// <summary>Looks again and again, where nothing signals, and gives up with a sentence.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks until there is something to see.</summary>
    /// <param name="look">Null while there is nothing yet.</param>
    /// <param name="otherwise">What is wrong when nothing comes.</param>
    public static Task<T> FindAsync<T>(Func<Task<T?>> look, string otherwise)
        where T : class => FindAsync(look, () => otherwise);

    public static Task HoldsAsync(Func<Task<bool>> condition, string otherwise) => HoldsAsync(condition, () => otherwise);

    public static Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise) =>
        FindAsync(async () => await condition() ? "it holds" : null, otherwise);

    private static async Task<T> FindAsync<T>(Func<Task<T?>> look, Func<string> otherwise)
        where T : class
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            if (await TryAsync(look) is { } found)
                return found;
            if (waiting.Elapsed >= Patience)
                Assert.Fail(otherwise());
            await Task.Delay(BetweenLooks);
        }
    }

    // An app that has just been killed refuses the connection until it is there again.
    private static async Task<T?> TryAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        try
        {
            return await look();
        }
        catch (HttpRequestException refused) when (refused.StatusCode is null)
        {
            return null;
        }
    }
}
