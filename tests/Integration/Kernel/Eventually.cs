using System.Diagnostics;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Asks again and again, with a deadline, where nothing signals.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(50);

    public static Task HoldsAsync(Func<Task<bool>> condition, string otherwise, TimeSpan? patience = null) =>
        HoldsAsync(condition, () => otherwise, patience);

    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan? patience = null)
    {
        var deadline = patience ?? Patience;
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < deadline, watch.Elapsed < deadline ? null : otherwise());
            await Task.Delay(BetweenQuestions);
        }
    }
}
