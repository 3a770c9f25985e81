namespace ServerlessBusiness.Simulators.Hosting;

static class Silence
{
    // Says nothing until the caller hangs up, the simulator stops, or the longest time is over.
    public static async Task UntilGivenUpAsync(HttpContext context, TimeSpan longest)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(longest, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
