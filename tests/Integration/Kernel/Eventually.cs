using System.Diagnostics;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Asks again and again, with a deadline, where nothing signals.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(50);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Patience, otherwise);
            await Task.Delay(BetweenQuestions);
        }
    }
}
