using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Timeout;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>What came back over the wire: an answer's text, or why there is none.</summary>
public abstract record MidtransReply
{
    private MidtransReply()
    {
    }

    public sealed record Answered(HttpStatusCode Status, TimeSpan? RetryAfter, string Body) : MidtransReply;

    public sealed record Silent(string Reason, bool Arrived, TimeSpan? RetryAfter) : MidtransReply
    {
        public ProviderOutcome.Unknown Outcome => new(Reason, Arrived, RetryAfter);
    }
}

/// <summary>
/// One call to Midtrans in the name of a merchant account. Time limit, retries of GET and the breaker are those of
/// <see cref="MidtransRegistration"/>; a tenant's share and the wait after a 429 are held here.
/// </summary>
public sealed partial class MidtransClient(
    HttpClient http, TenantBulkhead bulkhead, TooManyRequests tooMany, TimeProvider time, ILogger<MidtransClient> logger)
{
    // A charset makes the Permata channel answer 408, so the media type goes bare.
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public async Task<MidtransReply> SendAsync(
        MerchantAccount account, HttpMethod method, Uri address, object? body, IReadOnlyDictionary<string, string>? headers,
        CancellationToken cancellationToken) =>
        // The breaker takes a call that was cut off for a success, so who waits no longer leaves it to its own time limit.
        await CallAsync(account, method, address, body, headers, cancellationToken).WaitAsync(cancellationToken);

    private async Task<MidtransReply> CallAsync(
        MerchantAccount account, HttpMethod method, Uri address, object? body, IReadOnlyDictionary<string, string>? headers,
        CancellationToken cancellationToken)
    {
        // Only what makes something new is limited there; questions may go on.
        if (method != HttpMethod.Get && tooMany.WaitOf(account, address) is { } wait)
            return new MidtransReply.Silent("Midtrans asked to wait.", Arrived: false, wait);
        using var place = await bulkhead.EnterAsync(account.Tenant, cancellationToken);
        if (!place.IsAcquired)
            return new MidtransReply.Silent("Too many calls of this tenant are under way.", Arrived: false, TimeSpan.FromSeconds(1));

        using var request = Request(account, method, address, body, headers);
        try
        {
            using var response = await http.SendAsync(request, CancellationToken.None);
            var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
            var retryAfter = TooManyRequests.WaitOf(response.Headers, time.GetUtcNow());
            if (MidtransAnswer.IsTooMany(response.StatusCode, text))
                retryAfter = tooMany.Note(account, address, retryAfter);
            return new MidtransReply.Answered(response.StatusCode, retryAfter, text);
        }
        catch (BrokenCircuitException open)
        {
            return new MidtransReply.Silent("Midtrans has been failing and is left alone for a while.", Arrived: false, open.RetryAfter);
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or TaskCanceledException { InnerException: TimeoutException })
        {
            LogSilence(method.Method, account.Tenant.Value);
            return new MidtransReply.Silent("Midtrans did not answer in time.", Arrived: true, null);
        }
        catch (HttpRequestException failure)
        {
            return new MidtransReply.Silent($"The call broke off: {failure.HttpRequestError}.", Arrived: !IsBeforeSending(failure), null);
        }
    }

    private static HttpRequestMessage Request(
        MerchantAccount account, HttpMethod method, Uri address, object? body, IReadOnlyDictionary<string, string>? headers)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", account.BasicCredentials);
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
            request.Headers.Add(name, value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), MidtransJson.Options));
            request.Content.Headers.ContentType = Json;
        }

        return request;
    }

    private static bool IsBeforeSending(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;

    [LoggerMessage(LogLevel.Warning, "Midtrans did not answer a {Method} for tenant {Tenant} in time.")]
    private partial void LogSilence(string method, string tenant);
}
