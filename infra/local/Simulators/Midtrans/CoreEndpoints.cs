using Microsoft.AspNetCore.Http.Features;

namespace ServerlessBusiness.Simulators.Midtrans;

// The Core API: what a merchant's server calls.
static class CoreEndpoints
{
    public static void Map(WebApplication app, MidtransSimulator simulator)
    {
        var core = app.MapGroup("/v2")
            .AddEndpointFilter(new CoreAuthentication(simulator.Merchants))
            .AddEndpointFilter(AnswerRefusalsAsync);
        PayAccounts.Map(core, app, simulator);
        core.MapGet("/{id}/status", (HttpContext context, string id) => Status(context, simulator, id));

        var changes = core.MapGroup("").AddEndpointFilter(simulator.IdempotencyKeys);
        changes.MapPost("/{id}/cancel", (HttpContext context, string id) =>
            Change(context, simulator, id, TransactionMoves.Cancel, "Success, transaction is canceled"));
        changes.MapPost("/{id}/expire", (HttpContext context, string id) =>
            Change(context, simulator, id, TransactionMoves.Expire, "Success, transaction has expired", "407"));
        changes.MapPost("/{id}/approve", (HttpContext context, string id) =>
            Change(context, simulator, id, TransactionMoves.Approve, "Success, transaction is approved"));
        changes.MapPost("/{id}/deny", (HttpContext context, string id) =>
            Change(context, simulator, id, TransactionMoves.DenyChallenged, "Success, transaction is denied"));
        changes.MapPost("/capture", (HttpContext context, CancellationToken cancellationToken) =>
            CaptureAsync(context, simulator, cancellationToken));

        core.MapPost("/charge", (HttpContext context, CancellationToken cancellationToken) =>
                ChargeAsync(context, simulator, cancellationToken))
            .AddEndpointFilter(simulator.ChargeTroubles)
            .AddEndpointFilter(simulator.IdempotencyKeys);
        RefundEndpoints.Map(changes, simulator);
    }

    // Finds a transaction as the merchant of this request sees it, expiry included.
    public static MidtransTransaction Find(HttpContext context, MidtransSimulator simulator, string id)
    {
        simulator.ExpireDue();
        var transaction = simulator.Ledger.Find(context.Features.GetRequiredFeature<Merchant>(), id) ?? throw MidtransRefusal.NotFound();
        // DANA is known by its transaction id alone, and only to callers who say that they came through Snap.
        var cameThroughSnap = context.Request.Headers["transaction-source"] == "SNAP_API";
        if (transaction.PaymentType == "dana" && (id != transaction.TransactionId || !cameThroughSnap))
            throw MidtransRefusal.NotFound();
        return transaction;
    }

    public static async ValueTask<object?> AnswerRefusalsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (MidtransRefusal refusal)
        {
            return refusal.Answer;
        }
    }

    static async Task<MidtransAnswer> ChargeAsync(HttpContext context, MidtransSimulator simulator, CancellationToken cancellationToken)
    {
        var request = await MidtransJson.ReadAsync<ChargeRequest>(context.Request, cancellationToken);
        request.Check();
        simulator.ExpireDue();
        var opened = Open(request, context, simulator);
        simulator.Ledger.Open(opened);
        if (context.Features.Get<ChargeTrouble>() is { Mode: ChargeTroubleMode.Slow } slow)
            await Task.Delay(slow.DelayMs, cancellationToken);
        simulator.AnnounceAfterAnswer(context, opened);
        return new MidtransAnswer(WireBodies.Charge(opened));
    }

    static MidtransTransaction Open(ChargeRequest request, HttpContext context, MidtransSimulator simulator)
    {
        var merchant = context.Features.GetRequiredFeature<Merchant>();
        var basis = new MidtransTransaction
        {
            Merchant = merchant,
            OrderId = request.OrderId,
            TransactionId = Guid.NewGuid().ToString(),
            PaymentType = request.PaymentType!,
            GrossAmount = request.GrossAmount,
            Status = TransactionStatus.Pending,
            FraudStatus = "accept",
            TransactionTime = simulator.Ledger.Now,
            NotificationUrls = NotificationTargets.Of(context.Request, merchant)
        };
        var opened = request.PaymentType == "credit_card"
            ? CardPayments.Open(request.CreditCard, basis, simulator.CardTokens, simulator.BaseAddress)
            : PaymentMethods.Open(request, basis, simulator.BaseAddress);
        if (request.Gopay?.AccountId is { } account)
            opened = PayFromAccount(opened, simulator, account, request.Gopay.PaymentOptionToken);
        var hasCharset = context.Request.ContentType?.Contains("charset", StringComparison.OrdinalIgnoreCase) == true;
        if (hasCharset && opened.MethodFields.ContainsKey("permata_va_number"))
            throw new MidtransRefusal(408, "The Permata channel takes application/json without a charset.");
        return context.Features.Get<ChargeTrouble>() is { Mode: ChargeTroubleMode.Declined } && opened.Status == TransactionStatus.Pending
            ? TransactionMoves.DenyPayment(opened, basis.TransactionTime)
            : opened;
    }

    // A linked wallet pays at once.
    static MidtransTransaction PayFromAccount(MidtransTransaction opened, MidtransSimulator simulator, string account, string? optionToken) =>
        simulator.PayAccounts.TryPay(opened.Merchant, account, optionToken)
            ? TransactionMoves.Settle(opened with { ChargeFields = [] }, opened.TransactionTime)
            : throw new MidtransRefusal(410, "The account is not enabled or its option token is not of the moment.");

    static MidtransAnswer Status(HttpContext context, MidtransSimulator simulator, string id) =>
        new(WireBodies.Status(Find(context, simulator, id)));

    static async Task<MidtransAnswer> CaptureAsync(HttpContext context, MidtransSimulator simulator, CancellationToken cancellationToken)
    {
        var request = await MidtransJson.ReadAsync<CaptureRequest>(context.Request, cancellationToken);
        return Change(
            context, simulator, request.TransactionId ?? "", TakeHeldMoney, "Success, Credit Card capture transaction is successful");

        MidtransTransaction TakeHeldMoney(MidtransTransaction transaction, DateTimeOffset now)
        {
            if (transaction.Status != TransactionStatus.Authorize)
                throw MidtransRefusal.CannotChange();
            if (request.GrossAmount > transaction.GrossAmount)
                throw MidtransRefusal.Invalid("gross_amount must not exceed the authorized amount");
            return TransactionMoves.Capture(transaction, now) with { GrossAmount = request.GrossAmount ?? transaction.GrossAmount };
        }
    }

    static MidtransAnswer Change(
        HttpContext context, MidtransSimulator simulator, string id,
        Func<MidtransTransaction, DateTimeOffset, MidtransTransaction> move, string message, string code = "200")
    {
        var changed = simulator.Ledger.Change(Find(context, simulator, id).TransactionId, move);
        simulator.AnnounceAfterAnswer(context, changed);
        return new MidtransAnswer(WireBodies.Change(changed, message, code));
    }

    sealed record CaptureRequest(string? TransactionId, decimal? GrossAmount);
}
