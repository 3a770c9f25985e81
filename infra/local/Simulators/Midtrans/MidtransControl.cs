using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// What a person or a test does to the provider: pay, refuse, let time pass, misbehave. Not part of the wire.
static class MidtransControl
{
    public static void Map(WebApplication app, MidtransSimulator simulator)
    {
        var control = app.MapGroup("/control").AddEndpointFilter((context, next) => AnswerRefusalsAsync(simulator, context, next));
        control.MapGet("/health", () => Results.Ok(new { status = "healthy" }));
        control.MapGet("/transactions", () => simulator.Ledger.List().Select(TransactionView.Of));
        control.MapGet("/transactions/{id}", (string id) => TransactionView.Of(Find(simulator, id)));
        control.MapGet("/notifications", (string? orderId) =>
            simulator.Notifications.Attempts.Where(attempt => orderId is null || attempt.OrderId == orderId));

        foreach (var (name, move) in BankMoves.ByName)
            control.MapPost($"/transactions/{{id}}/{name}", (string id, MoveRequest? request, CancellationToken cancellationToken) =>
                MoveAsync(simulator, id, move, request ?? new MoveRequest(), cancellationToken));
        control.MapPost("/transactions/{id}/refund", (string id, MoveRequest? request, CancellationToken cancellationToken) =>
            RefundAsync(simulator, id, request ?? new MoveRequest(), cancellationToken));
        control.MapPost("/transactions/{id}/notify", (string id, NotificationShape? shape, CancellationToken cancellationToken) =>
            NotifyAsync(simulator, Find(simulator, id), shape ?? new NotificationShape(), cancellationToken));

        control.MapPost("/transactions/{id}/next-notification", (string id, NotificationShape shape) =>
            Plan(() => simulator.Notifications.Plan(shape with { OrderId = Find(simulator, id).OrderId })));
        control.MapPost("/next-notification", (NotificationShape shape) => Plan(() => simulator.Notifications.Plan(shape)));
        control.MapPost("/next-charge", (ChargeTrouble trouble) => Plan(() => simulator.ChargeTroubles.Plan(trouble)));
        control.MapPost("/next-refund", (RefundTrouble trouble) => Plan(() => simulator.RefundTroubles.Plan(trouble)));

        control.MapPost("/snap/{id}/pick", (string id, PickRequest request) => TransactionView.Of(SnapEndpoints.Pick(
            simulator,
            simulator.SnapPages.FindOpen(id) ?? throw Unknown($"No open Snap page has the token or order id '{id}'."),
            request.Method, request.Notify)));
        control.MapPost("/inject", (JsonObject body, bool? notify, string? serverKey, CancellationToken cancellationToken) =>
            InjectAsync(simulator, body, serverKey, notify == true, cancellationToken));
        control.MapPost("/merchants", (Merchant merchant) => Plan(() => simulator.Merchants.Put(merchant)));
        control.MapPost("/reset", () => Plan(simulator.Reset));
    }

    // Answers when the notification has been tried once, so that a test need not wait for anything.
    static async Task<object> MoveAsync(
        MidtransSimulator simulator, string id, BankMoves.Move move, MoveRequest request, CancellationToken cancellationToken)
    {
        var moved = simulator.Ledger.Change(
            FindOrPick(simulator, id).TransactionId, (transaction, now) => move(transaction, request.Amount, now));
        if (request is { Notify: true, Wait: true })
            await simulator.Notifications.SendAsync(moved, request.Notification, cancellationToken);
        else if (request.Notify)
            simulator.Notifications.RunInBackground(stop => simulator.Notifications.SendAsync(moved, request.Notification, stop));
        return View(simulator, moved);
    }

    static async Task<object> RefundAsync(MidtransSimulator simulator, string id, MoveRequest request, CancellationToken cancellationToken)
    {
        var wish = new RefundRequest(request.RefundKey, request.Amount, request.Reason ?? "asked for by the control API");
        var refunded = simulator.Ledger.Change(
            Find(simulator, id).TransactionId, (transaction, now) => TransactionMoves.Refund(transaction, wish, "offline", now));
        if (request.Notify)
            await simulator.AnnounceRefundAsync(refunded, request.Notification, cancellationToken);
        return View(simulator, refunded);
    }

    static async Task<object> NotifyAsync(
        MidtransSimulator simulator, MidtransTransaction transaction, NotificationShape shape, CancellationToken cancellationToken)
    {
        await simulator.Notifications.SendAsync(transaction, shape, cancellationToken);
        return View(simulator, transaction);
    }

    static async Task<object> InjectAsync(
        MidtransSimulator simulator, JsonObject body, string? serverKey, bool notify, CancellationToken cancellationToken)
    {
        var merchant = serverKey is null ? simulator.Merchants.First : simulator.Merchants.FindByServerKey(serverKey)
            ?? throw Unknown("No merchant has this server key; add it with POST /control/merchants.");
        var injected = InjectedBody.Read(body, merchant, simulator.Ledger.Now);
        simulator.Ledger.Inject(injected);
        if (notify)
            await simulator.Notifications.SendAsync(injected, null, cancellationToken);
        return View(simulator, injected);
    }

    // What is known now, and every notification about this order so far with the answer to it.
    static object View(MidtransSimulator simulator, MidtransTransaction transaction) => new
    {
        transaction = TransactionView.Of(transaction),
        notifications = simulator.Notifications.Attempts.Where(attempt => attempt.OrderId == transaction.OrderId)
    };

    static MidtransTransaction Find(MidtransSimulator simulator, string id)
    {
        simulator.ExpireDue();
        return simulator.Ledger.FindOfAnyMerchant(id) ?? throw Unknown($"No transaction has the order id or transaction id '{id}'.");
    }

    // Paying an order that is still a Snap page means to pick the first method offered there.
    static MidtransTransaction FindOrPick(MidtransSimulator simulator, string id)
    {
        simulator.ExpireDue();
        return simulator.Ledger.FindOfAnyMerchant(id)
            ?? (simulator.SnapPages.FindOpen(id) is { } page ? SnapEndpoints.Pick(simulator, page, page.Methods[0]) : Find(simulator, id));
    }

    static IResult Plan(Action plan)
    {
        plan();
        return Results.NoContent();
    }

    static MidtransRefusal Unknown(string message) => new(404, message);

    static async ValueTask<object?> AnswerRefusalsAsync(
        MidtransSimulator simulator, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (MidtransRefusal refusal)
        {
            var status = refusal.Answer.Code == 404 ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict;
            var state = context.HttpContext.GetRouteValue("id") is string id && simulator.Ledger.FindOfAnyMerchant(id) is { } found
                ? $": order {found.OrderId} is {found.Status}."
                : "";
            return Results.Json(new { error = refusal.Message + state }, statusCode: status);
        }
    }

    sealed record MoveRequest(
        decimal? Amount = null, bool Notify = true, bool Wait = true, string? RefundKey = null, string? Reason = null,
        NotificationShape? Notification = null);

    sealed record PickRequest(string Method, bool Notify = true);
}
