using System.Diagnostics;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Asks again and again, with a deadline, where nothing signals.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(50);

    public static Task HoldsAsync(Func<Task<bool>> condition, string otherwise) => HoldsAsync(condition, () => otherwise);

    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, watch.Elapsed < Patience ? null : otherwise());
            await Task.Delay(BetweenQuestions);
        }
    }
}
