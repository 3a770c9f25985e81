using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>What became of a notification; Midtrans reads the status alone.</summary>
public sealed record NoticeReceipt(NoticeOutcome Outcome);

/// <summary>
/// Where Midtrans posts to. It repeats by our status: 400 and 404 twice, 503 four times, most others five times, 2xx never. So what no
/// repetition can mend is a 400 (forged, malformed), what is not ours a 404, and only when we could not store it a 503; a notice that is stored is
/// a 200, whatever is found out about it. Midtrans itself sends nothing that is answered by 413 or 415.
/// </summary>
public sealed class MidtransWebhookFunctions(ReceiveNotice receiveNotice, WebhookGate gate, ClientAddress addresses)
{
    private const int MaxBytes = 64 * 1024;

    [Function("MidtransWebhook"), Anonymous(NeedsTenant = false), AcceptsForeignJson, Summary("Takes a payment notification of Midtrans.")]
    [Query("token", typeof(string), "The agreed secret, when there is one.")]
    public Task<Ok<NoticeReceipt>> Receive(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhooks/midtrans")] HttpRequest request,
        CancellationToken cancellationToken) => ReceiveAsync(null, InQuery(request), request, cancellationToken);

    [Function("MidtransWebhookByToken"), Anonymous(NeedsTenant = false), AcceptsForeignJson]
    [Summary("Takes a payment notification of Midtrans at an address whose last part is the agreed secret, for dashboards that keep no query.")]
    public Task<Ok<NoticeReceipt>> ReceiveByToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhooks/midtrans-token/{token}")] HttpRequest request, string token,
        CancellationToken cancellationToken) => ReceiveAsync(null, token, request, cancellationToken);

    [Function("MidtransWebhookOfTenant"), Anonymous(NeedsTenant = false), AcceptsForeignJson]
    [Summary("Takes a payment notification for a tenant with a merchant account of its own.")]
    [Query("token", typeof(string), "The tenant's own token, when there is a secret; GET /v1/merchant-account shows the whole address.")]
    public Task<Ok<NoticeReceipt>> ReceiveForTenant(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhooks/midtrans/{tenantId}")] HttpRequest request, string tenantId,
        CancellationToken cancellationToken) =>
        ReceiveAsync(Parse(tenantId), InQuery(request), request, cancellationToken);

    [Function("MidtransWebhookOfTenantByToken"), Anonymous(NeedsTenant = false), AcceptsForeignJson]
    [Summary("Takes a payment notification for a tenant with a merchant account of its own; the last part is the tenant's own token.")]
    public Task<Ok<NoticeReceipt>> ReceiveForTenantByToken(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhooks/midtrans/{tenantId}/{token}")] HttpRequest request, string tenantId,
        string token, CancellationToken cancellationToken) => ReceiveAsync(Parse(tenantId), token, request, cancellationToken);

    private static string? InQuery(HttpRequest request) => request.Query[WebhookGate.TokenName];

    private static TenantId Parse(string tenantId) => TenantId.TryParse(tenantId, out var tenant)
        ? tenant
        : throw ProblemException.NotFound("TENANT_NOT_FOUND", "There is no tenant of that name.");

    private async Task<Ok<NoticeReceipt>> ReceiveAsync(TenantId? tenant, string? token, HttpRequest request, CancellationToken cancellationToken)
    {
        gate.Check(tenant, token, addresses.Of(request.HttpContext));
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var media)
            || !media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (media.Charset.HasValue && !HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
            throw new ProblemException(415, "UNSUPPORTED_MEDIA_TYPE", "Send the notification as application/json in UTF-8.");
        if (request.Headers.ContentEncoding.Count > 0)
            throw new ProblemException(415, "UNSUPPORTED_ENCODING", "Send the notification as it is, not compressed.");

        var body = await RequestBody.BytesAsync(request, MaxBytes, cancellationToken);
        return TypedResults.Ok(new NoticeReceipt(await receiveNotice.RunAsync(tenant, body, cancellationToken)));
    }
}
