using System.Text.Json.Nodes;

namespace ServerlessBusiness.Simulators.Midtrans;

// The hosted page: the server asks for a token, the payer opens redirect_url and picks a method there.
static class SnapEndpoints
{
    static readonly string[] AllMethods =
        ["dana", "gopay", "shopeepay", "bca_va", "bni_va", "bri_va", "cimb_va", "permata_va", "echannel", "indomaret", "alfamart"];

    public static void Map(WebApplication app, MidtransSimulator simulator)
    {
        var snap = app.MapGroup("/snap/v1/transactions").AddEndpointFilter(AnswerRefusalsAsync);
        snap.MapPost("", (HttpContext context, CancellationToken cancellationToken) => CreateAsync(context, simulator, cancellationToken));
        snap.MapPost("/{token}/cancel", (HttpContext context, string token) => Close(context, simulator, token, "cancelled"));
        snap.MapPost("/{token}/expire", (HttpContext context, string token) => Close(context, simulator, token, "expired"));
    }

    // From here on the Core transaction exists, and the provider says so, unless that notification is to be lost.
    public static MidtransTransaction Pick(MidtransSimulator simulator, SnapPage page, string method, bool notify = true)
    {
        if (!page.Methods.Contains(method))
            throw new MidtransRefusal(402, $"The page of order {page.OrderId} offers {string.Join(", ", page.Methods)}, not {method}.");
        var basis = new MidtransTransaction
        {
            Merchant = page.Merchant,
            OrderId = page.OrderId,
            TransactionId = Guid.NewGuid().ToString(),
            PaymentType = method,
            GrossAmount = page.GrossAmount,
            Status = TransactionStatus.Pending,
            FraudStatus = "accept",
            TransactionTime = simulator.Ledger.Now,
            NotificationUrls = page.NotificationUrls
        };
        var opened = PaymentMethods.OpenFromSnap(method, basis, simulator.BaseAddress);
        simulator.Ledger.Open(opened);
        simulator.SnapPages.Close(page, "used");
        if (notify)
            simulator.AnnouncePending(opened);
        return opened;
    }

    static async Task<IResult> CreateAsync(HttpContext context, MidtransSimulator simulator, CancellationToken cancellationToken)
    {
        var merchant = Authenticate(context, simulator);
        var request = await MidtransJson.ReadAsync<SnapRequest>(context.Request, cancellationToken);
        string[] problems = [.. OrderRules.Check(request.TransactionDetails, request.ItemDetails)];
        if (problems is not [])
            return Errors(StatusCodes.Status400BadRequest, problems);
        var orderId = request.TransactionDetails!.OrderId!;
        if (simulator.SnapPages.IsUsed(merchant, orderId) || simulator.Ledger.Find(merchant, orderId) is { IsOver: false })
            return Errors(StatusCodes.Status400BadRequest, "transaction_details.order_id has already been taken");

        var token = Guid.NewGuid().ToString();
        simulator.SnapPages.Add(new SnapPage(
            token, merchant, orderId, request.TransactionDetails.GrossAmount.GetDecimal(),
            request.EnabledPayments is { Count: > 0 } chosen ? chosen : AllMethods,
            NotificationTargets.Of(context.Request, merchant),
            request.PageExpiry is { } expiry ? simulator.Ledger.Now + expiry.Length : null,
            "open"));
        var page = new Uri(simulator.BaseAddress, $"snap/v4/redirection/{token}").ToString();
        return Results.Json(new JsonObject { ["token"] = token, ["redirect_url"] = page }, statusCode: StatusCodes.Status201Created);
    }

    static IResult Close(HttpContext context, MidtransSimulator simulator, string token, string state)
    {
        Authenticate(context, simulator);
        if (simulator.SnapPages.FindOpen(token) is not { } page)
            return Errors(StatusCodes.Status404NotFound, "Transaction not found");
        // Ending a page that nobody has used sends no notification.
        simulator.SnapPages.Close(page, state);
        return Results.Json(new JsonObject { ["status_code"] = "200", ["status_message"] = $"Success, the page is {state}" });
    }

    static Merchant Authenticate(HttpContext context, MidtransSimulator simulator) =>
        new CoreAuthentication(simulator.Merchants).Authenticate(context.Request)
        ?? throw new MidtransRefusal(401, "Access denied due to unauthorized transaction, please check client or server key");

    static async ValueTask<object?> AnswerRefusalsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (MidtransRefusal refusal)
        {
            var status = refusal.Answer.Code == 401 ? StatusCodes.Status401Unauthorized : StatusCodes.Status400BadRequest;
            return Errors(status, refusal.Message);
        }
    }

    static IResult Errors(int status, params string[] messages) => Results.Json(
        new JsonObject { ["error_messages"] = new JsonArray([.. messages.Select(text => JsonValue.Create(text))]) }, statusCode: status);

    sealed record SnapRequest(
        TransactionDetails? TransactionDetails, IReadOnlyList<ItemDetail>? ItemDetails, IReadOnlyList<string>? EnabledPayments,
        SnapExpiry? PageExpiry);

    sealed record SnapExpiry(int Duration, string? Unit)
    {
        public TimeSpan Length => Unit switch
        {
            "day" or "days" => TimeSpan.FromDays(Duration),
            "hour" or "hours" => TimeSpan.FromHours(Duration),
            _ => TimeSpan.FromMinutes(Duration)
        };
    }
}
