using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Midtrans;

public enum ChargeTroubleMode { TimeoutAfterSuccess, Http429, Http500, Http503, Declined, NotifyBeforeAnswer, Slow }

// What shall go wrong with the next charges. With an order id it waits for that order.
public sealed record ChargeTrouble(ChargeTroubleMode Mode, int Times = 1, int? RetryAfter = null, int DelayMs = 0, string? OrderId = null);

// Stands outside of the idempotency filter: an answer that is lost on the way has been stored all the same.
sealed class ChargeTroubles(MidtransSimulator simulator) : IEndpointFilter
{
    static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    readonly Troubles<ChargeTrouble> _planned = new(trouble => trouble.OrderId, trouble => trouble.Times);

    public void Plan(ChargeTrouble trouble) => _planned.Plan(trouble);

    public void Clear() => _planned.Clear();

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (_planned.Take(await OrderIdOfAsync(context.HttpContext)) is not { } trouble)
            return await next(context);

        context.HttpContext.Features.Set(trouble);
        if (trouble.RetryAfter is { } seconds)
            context.HttpContext.Response.Headers.RetryAfter = $"{seconds}";
        var cancellationToken = context.HttpContext.RequestAborted;
        // A slow charge spends its time inside, where a second call with the same idempotency key can meet it.
        if (trouble.Mode is not (ChargeTroubleMode.TimeoutAfterSuccess or ChargeTroubleMode.Slow))
            await Task.Delay(trouble.DelayMs, cancellationToken);
        return trouble.Mode switch
        {
            ChargeTroubleMode.Http429 => MidtransAnswer.Refusal(429, "Too many requests, please try again later."),
            ChargeTroubleMode.Http500 => MidtransAnswer.Refusal(500, "Our system is recovering from unexpected issues. Please retry."),
            ChargeTroubleMode.Http503 => MidtransAnswer.Refusal(503, "Bank/partner is experiencing connection issue."),
            ChargeTroubleMode.NotifyBeforeAnswer => await NotifyBeforeAnswerAsync(await next(context), cancellationToken),
            ChargeTroubleMode.TimeoutAfterSuccess => await LoseAnswerAsync(context.HttpContext, await next(context), trouble),
            _ => await next(context)
        };
    }

    async Task<object?> NotifyBeforeAnswerAsync(object? answer, CancellationToken cancellationToken)
    {
        if (answer is not MidtransAnswer { IsSuccess: true, TransactionId: { } id })
            return answer;
        var settled = simulator.Ledger.Change(id, TransactionMoves.Settle);
        await simulator.Notifications.SendAsync(settled, null, cancellationToken);
        return answer;
    }

    // The charge has happened; the caller hears nothing until it gives up, or until the connection is cut.
    static async Task<object?> LoseAnswerAsync(HttpContext context, object? answer, ChargeTrouble trouble)
    {
        var silence = trouble.DelayMs > 0 ? TimeSpan.FromMilliseconds(trouble.DelayMs) : LongestSilence;
        await Silence.UntilGivenUpAsync(context, silence);
        context.Abort();
        return answer;
    }

    // Read ahead without taking the body away from the endpoint.
    static async Task<string?> OrderIdOfAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return body?["transaction_details"]?["order_id"]?.ToString();
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The endpoint itself says what is wrong with this body.
            return null;
        }
        finally
        {
            context.Request.Body.Position = 0;
        }
    }
}
