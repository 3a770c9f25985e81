using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// Midtrans' Core API. The result stands in the body's <c>status_code</c>, a string; the HTTP status is 200 even for most refusals.
/// Time limit, retries of GET and the breaker are those of <see cref="MidtransRegistration"/>.
/// </summary>
public sealed class MidtransClient(HttpClient http)
{
    // A charset makes the Permata channel answer 408, so the media type goes bare.
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>Asks for money. Our order id is unique there, so a second charge of the same order is declined as a duplicate.</summary>
    public Task<MidtransOutcome> ChargeAsync(MidtransCharge charge, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(charge, MidtransJson.Options));
        content.Headers.ContentType = Json;
        return SendAsync(HttpMethod.Post, "v2/charge", content, cancellationToken);
    }

    /// <summary>How an order stands; declined as not found when no charge of it ever arrived.</summary>
    public Task<MidtransOutcome> FindAsync(string orderId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"v2/{Uri.EscapeDataString(orderId)}/status", null, cancellationToken);

    /// <summary>Withdraws an order that is not settled yet.</summary>
    public Task<MidtransOutcome> CancelAsync(string orderId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"v2/{Uri.EscapeDataString(orderId)}/cancel", null, cancellationToken);

    private async Task<MidtransOutcome> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return MidtransAnswer.Read(
                response.StatusCode, response.Headers.RetryAfter?.Delta, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (BrokenCircuitException open)
        {
            return new MidtransOutcome.Unknown("Midtrans has been failing and is left alone for a while.", Arrived: false, open.RetryAfter);
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or TaskCanceledException { InnerException: TimeoutException })
        {
            return new MidtransOutcome.Unknown("Midtrans did not answer in time.", Arrived: true);
        }
        catch (HttpRequestException failure)
        {
            return new MidtransOutcome.Unknown($"The call broke off: {failure.HttpRequestError}.", Arrived: !IsBeforeSending(failure));
        }
    }

    private static bool IsBeforeSending(HttpRequestException failure) => failure.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;
}

/// <summary>How an answer is to be understood.</summary>
public static class MidtransAnswer
{
    // 407 says that the order has expired, which is an answer and no error.
    private const int Expired = 407;

    public static MidtransOutcome Read(HttpStatusCode status, TimeSpan? retryAfter, string body)
    {
        if (Parse(body) is not { } answer || !int.TryParse(answer.StatusCode, out var code))
            return new MidtransOutcome.Unknown($"HTTP {(int)status} without a body of Midtrans.", Arrived: true, retryAfter);

        return code switch
        {
            < 300 or Expired when answer.State is not null => new MidtransOutcome.Accepted(answer, body),
            429 => new MidtransOutcome.Unknown("Midtrans takes no more requests for now.", Arrived: false, retryAfter),
            // 409 is "too many tries"; from 500 on it is their trouble, and whether the charge was booked is open.
            409 or >= 500 or < 400 => new MidtransOutcome.Unknown($"{code}: {answer.StatusMessage}", Arrived: true, retryAfter),
            _ => new MidtransOutcome.Declined(code, answer.StatusMessage ?? "no reason given"),
        };
    }

    private static MidtransTransaction? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<MidtransTransaction>(body, MidtransJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
