using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessBusiness.Simulators.Midtrans;

// Idempotency-Key as the provider keeps it: five minutes, successes only, one namespace for all endpoints, the body not compared.
sealed class IdempotencyKeys(TimeProvider clock) : IEndpointFilter
{
    const int MaxLength = 46;
    static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);
    static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    // A null answer means that the first call is still running.
    readonly ConcurrentDictionary<(string MerchantId, string Key), (MidtransAnswer? Answer, DateTimeOffset ValidUntil)> _answers = new();

    DateTimeOffset _nextSweep;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var key = context.HttpContext.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length is 0 or > MaxLength)
            return await next(context);

        var now = clock.GetUtcNow();
        Sweep(now);
        var entry = (context.HttpContext.Features.GetRequiredFeature<Merchant>().MerchantId, key);
        if (_answers.TryGetValue(entry, out var old) && old.ValidUntil <= now)
            _answers.TryRemove(KeyValuePair.Create(entry, old));
        if (!_answers.TryAdd(entry, (null, DateTimeOffset.MaxValue)))
            return _answers.TryGetValue(entry, out var earlier) && earlier.Answer is { } stored ? stored : new StillRunning();

        MidtransAnswer? answer = null;
        try
        {
            return answer = (MidtransAnswer?)await next(context);
        }
        finally
        {
            if (answer is { IsSuccess: true } && IsHonoured(answer))
                _answers[entry] = (answer, clock.GetUtcNow() + Kept);
            else
                _answers.TryRemove(entry, out _);
        }
    }

    public void Clear() => _answers.Clear();

    static bool IsHonoured(MidtransAnswer answer) =>
        !answer.Body.ContainsKey("permata_va_number") && (string?)answer.Body["store"] != "indomaret";

    void Sweep(DateTimeOffset now)
    {
        if (now < _nextSweep)
            return;
        _nextSweep = now + SweepInterval;
        foreach (var (entry, value) in _answers)
            if (value.ValidUntil <= now)
                _answers.TryRemove(entry, out _);
    }

    sealed class StillRunning : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return context.Response.WriteAsJsonAsync(new { status_message = "A request with this Idempotency-Key is being processed." });
        }
    }
}
