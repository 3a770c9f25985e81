using System.Net;
using System.Text.Json;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>
/// How an answer is to be understood. The result stands in the body's <c>status_code</c>, a string; HTTP says 200 even for most refusals.
/// </summary>
public static class MidtransAnswer
{
    // 407 says that the order has expired, which is an answer and no error.
    private const int Expired = 407;

    public static ProviderOutcome Read(MidtransReply reply) => reply switch
    {
        MidtransReply.Answered answered => Read(answered.Status, answered.RetryAfter, answered.Body),
        MidtransReply.Silent silent => silent.Outcome,
        _ => throw new InvalidOperationException($"There is no reply {reply}."),
    };

    public static ProviderOutcome Read(HttpStatusCode status, TimeSpan? retryAfter, string body)
    {
        if (Parse<MidtransTransaction>(body) is not { } answer || !int.TryParse(answer.StatusCode, out var code))
        {
            return status == HttpStatusCode.TooManyRequests
                ? new ProviderOutcome.Unknown("Midtrans takes no more requests for now.", Arrived: false, retryAfter)
                : new ProviderOutcome.Unknown($"HTTP {(int)status} without a body of Midtrans.", Arrived: true, retryAfter);
        }

        return code switch
        {
            < 300 or Expired when answer.State is not null => new ProviderOutcome.Accepted(answer.ToReport(body)),
            429 => new ProviderOutcome.Unknown("Midtrans takes no more requests for now.", Arrived: false, retryAfter),
            // 409 is "too many tries"; from 500 on it is their trouble, and whether the charge was booked is open.
            409 or >= 500 or < 400 => new ProviderOutcome.Unknown($"{code}: {answer.StatusMessage}", Arrived: true, retryAfter),
            _ => new ProviderOutcome.Declined(code, answer.StatusMessage ?? "no reason given"),
        };
    }

    /// <summary>202 is a refund that the bank refused, whatever state stands beside it.</summary>
    public static ProviderOutcome ReadRefund(MidtransReply reply) => Read(reply) switch
    {
        ProviderOutcome.Accepted when reply is MidtransReply.Answered answered
            && Parse<MidtransTransaction>(answered.Body) is { StatusCode: "202" } refused =>
            new ProviderOutcome.Declined(202, refused.StatusMessage ?? "The bank refused the refund."),
        var outcome => outcome,
    };

    /// <summary>A hosted page is there, but no transaction yet; what it is about we know from what was asked.</summary>
    public static ProviderOutcome ReadSnap(MidtransReply reply, Payment payment)
    {
        if (reply is not MidtransReply.Answered answered)
            return Read(reply);
        var page = Parse<SnapAnswer>(answered.Body);
        return (int)answered.Status switch
        {
            < 300 when page is { Token: not null, RedirectUrl: not null } => new ProviderOutcome.Accepted(new ProviderReport
            {
                State = ProviderState.Pending,
                Gross = payment.Amount,
                Session = page.Token,
                ExpiresAt = MidtransSnap.ExpiryOf(payment),
                Instructions = new PaymentInstructions { RedirectUrl = page.RedirectUrl },
            }),
            429 => new ProviderOutcome.Unknown("Midtrans takes no more requests for now.", Arrived: false, answered.RetryAfter),
            >= 400 and < 500 when page?.ErrorMessages is { Count: > 0 } problems =>
                new ProviderOutcome.Declined((int)answered.Status, string.Join(" ", problems)),
            var status => new ProviderOutcome.Unknown($"HTTP {status} without a hosted page.", Arrived: true, answered.RetryAfter),
        };
    }

    /// <summary>Whether it says that too much was asked for; like most refusals it may come under HTTP 200.</summary>
    public static bool IsTooMany(HttpStatusCode status, string body) =>
        status == HttpStatusCode.TooManyRequests
        || (body.Contains("429", StringComparison.Ordinal) && Parse<MidtransTransaction>(body) is { StatusCode: "429" });

    internal static T? Parse<T>(string body) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(body, MidtransJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
