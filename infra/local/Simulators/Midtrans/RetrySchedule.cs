namespace ServerlessBusiness.Simulators.Midtrans;

// How often a notification is sent again depends on the answer to it; the waits are about 2, 10, 30, 90 and 210 minutes.
public sealed record RetrySchedule(double Scale)
{
    static readonly double[] Minutes = [2, 10, 30, 90, 210];

    public static int RetriesAfter(int? status) => status switch
    {
        >= 200 and < 300 => 0,
        301 or 302 or 303 => 0,
        500 => 1,
        400 or 404 => 2,
        503 => 4,
        _ => 5
    };

    public TimeSpan WaitBefore(int retry)
    {
        // A random shift keeps merchants from being hit by all their retries at once.
        var shift = 0.9 + Random.Shared.NextDouble() * 0.2;
        return TimeSpan.FromMinutes(Minutes[Math.Min(retry, Minutes.Length) - 1] * shift * Scale);
    }
}
