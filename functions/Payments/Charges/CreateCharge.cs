using System.Security.Cryptography;
using System.Text.Json;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Rates;
using ServerlessBusiness.Payments.SavedMethods;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Telemetry;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>
/// Asks for an invoice's money. The pending payment is committed before the provider is called, so nothing that happens after can lose it;
/// a repeated request for the same invoice gets the same payment.
/// </summary>
public sealed class CreateCharge(
    Database database, PaymentStore payments, PlaceCharge place, CommittedWork committed, ConvertAmount convert, MerchantAccountBook accounts,
    ChargeToken tokens, TimeProvider time)
{
    // A charge that got an answer needs no lookup before its payer had a chance; one that got none is asked about after this.
    public static readonly TimeSpan FirstLookup = TimeSpan.FromMinutes(2);

    private const string RepeatedRequest = "repeated request";

    public async Task<Payment> RunAsync(TenantId tenant, ChargeRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (request.Method != PaymentMethods.Saved)
            ChargeRules.Check(request);
        var input = new ChargeInput(request.Customer, request.CardToken);

        ProviderOutcome? outcome = null;
        var (payment, isNew) = await FindOrOpenAsync(tenant, request, now, cancellationToken);
        if (!isNew && (!payment.IsPlaced || payment.IsOverdue(now)))
        {
            outcome = await committed.RunAsync(
                token => place.FinishAsync(tenant, payment, input, RepeatedRequest, token), CommittedWork.Patience, cancellationToken);
            var found = await payments.FindAsync(tenant, payment.Id, cancellationToken) ?? payment;
            // It ended and nobody heard of it. Now that this is known, the invoice's place is free for a new one.
            if (payment.IsPlaced || found.Status == PaymentStatus.Cancelled)
                (payment, isNew) = await FindOrOpenAsync(tenant, request, now, cancellationToken);
            else
                payment = found;
        }

        if (isNew)
        {
            var placed = await committed.RunAsync(
                token => place.ChargeAsync(tenant, payment, input, token), CommittedWork.Patience, cancellationToken);
            outcome = placed?.Outcome;
            payment = placed?.Payment ?? await payments.FindAsync(tenant, payment.Id, cancellationToken) ?? payment;
        }

        if (payment.Status == PaymentStatus.Failed)
            throw Declined(outcome);
        if (!payment.IsPlaced && outcome is ProviderOutcome.Unknown { Arrived: false } unreached)
            throw Unreachable(unreached.RetryAfter);
        return payment;
    }

    // What is open is looked for before anything is prepared for a new one: by now its rate may be over, or its card deleted.
    private async Task<(Payment Payment, bool IsNew)> FindOrOpenAsync(
        TenantId tenant, ChargeRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using (var connection = database.Open(tenant))
        {
            var live = await payments.ListLiveOfInvoiceAsync(connection, request.InvoiceId!.Value, cancellationToken);
            if (PaymentOfInvoice.Find(live, request) is { } open)
                return (open, false);
        }

        if (request.Method == PaymentMethods.Saved)
        {
            request = await tokens.ByDefaultAsync(tenant, request, now, cancellationToken);
            ChargeRules.Check(request);
        }

        var wanted = await DescribeAsync(tenant, request, now, cancellationToken);
        return await OpenAsync(tenant, wanted, request, now, cancellationToken);
    }

    private async Task<Payment> DescribeAsync(TenantId tenant, ChargeRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var asked = request.Amount!.Value;
        var account = await accounts.OfTenantAsync(tenant, cancellationToken);
        if (request.PaymentMethodId is { } saved)
            await tokens.FindAsync(tenant, request.UserId!.Value, saved, request.Method, account, cancellationToken);
        var (charged, quote) = await convert.RunAsync(tenant, asked, now, cancellationToken);
        var details = new ChargeDetails
        {
            Items = request.Items,
            CallbackUrl = request.CallbackUrl,
            ExpiresInMinutes = request.ExpiresInMinutes,
            AuthorizeOnly = request.AuthorizeOnly,
            SaveMethod = request.SaveMethod,
        };
        return new Payment
        {
            Id = Guid.CreateVersion7(now),
            InvoiceId = request.InvoiceId!.Value,
            UserId = request.UserId!.Value,
            SubscriptionId = request.SubscriptionId,
            Installment = request.Installment,
            // The order id is all that outsiders ever see of it, so it tells nothing.
            OrderId = $"SB-{RandomNumberGenerator.GetHexString(32)}",
            Amount = charged.Amount,
            Currency = charged.Currency,
            InvoiceAmount = asked.Amount,
            InvoiceCurrency = asked.Currency,
            QuoteId = quote,
            Method = request.Method,
            Bank = request.BankOfMethod,
            Description = request.Description,
            Details = JsonSerializer.Serialize(details, ApiJson.Options),
            MerchantAccountId = account.Id,
            PaymentMethodId = request.PaymentMethodId,
            CreatedAt = now,
            TraceParent = MessageActivity.CurrentTraceParent,
        };
    }

    private async Task<(Payment Payment, bool IsNew)> OpenAsync(
        TenantId tenant, Payment wanted, ChargeRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var live = await payments.OpenAsync(transaction, wanted, now + FirstLookup, now, cancellationToken);
        var payment = PaymentOfInvoice.Find(live, request)
            ?? throw ProblemException.Conflict("PAYMENT_JUST_ENDED", "The invoice's payment ended at this moment. Try again.");
        await transaction.CommitAsync(cancellationToken);
        return (payment, payment.Id == wanted.Id);
    }

    private static ProblemException Unreachable(TimeSpan? retryAfter) => ProblemException.Unavailable(
        "PROVIDER_UNAVAILABLE", "The payment provider cannot be reached. Try again shortly; nothing will be charged twice.",
        retryAfter ?? TimeSpan.FromSeconds(10));

    private static ProblemException Declined(ProviderOutcome? outcome) => ProblemException.Unprocessable(
        "PAYMENT_DECLINED",
        outcome is ProviderOutcome.Declined { IsConfiguration: false } declined
            ? $"The payment provider refused this payment: {declined.Message}"
            : "The payment provider refused this payment. Choose another way to pay.");
}
