namespace ServerlessBusiness.Shared.Http;

/// <summary>
/// Requests of one budget that this process has taken from Redis ahead of asking, so that a busy tenant costs a script per handful and not one
/// per request. A handful is at most a tenth of a second of the budget, grows only while it is used up within a second, and what is left of it
/// then is forgone: all processes together never allow more than the budget. Small budgets are taken one by one.
/// </summary>
internal sealed class RateLease(int perMinute)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly int most = Math.Clamp(perMinute / 600, 1, 500);
    private RateLimitTake last;
    private long held;
    private long takenAt;
    private int size = 1;
    private bool isAsking;

    /// <summary>One request out of what is held, or how many to ask Redis for. Whoever asks for several tells the answer in any case.</summary>
    public RateLimitTake? Take(TimeProvider time, out int want)
    {
        lock (gate)
        {
            var age = time.GetElapsedTime(takenAt);
            if (held > 0 && age < Life)
            {
                want = 0;
                held--;
                var reset = last.Reset - age;
                return last with { Remaining = last.Remaining + held, Reset = reset > TimeSpan.Zero ? reset : TimeSpan.Zero };
            }

            // Only one asks for a handful; those who come meanwhile ask for themselves.
            want = 1;
            if (isAsking || most == 1)
                return null;
            size = age < Life ? Math.Min(size * 2, most) : 1;
            held = 0;
            takenAt = time.GetTimestamp();
            isAsking = size > 1;
            want = size;
            return null;
        }
    }

    /// <summary>What Redis granted of a handful; null when it gave no answer.</summary>
    public void Granted(RateLimitTake? answer, long granted)
    {
        lock (gate)
        {
            isAsking = false;
            last = answer ?? default;
            held = answer is null ? 0 : granted - 1;
        }
    }
}
