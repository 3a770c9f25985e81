using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Billing.Collection;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Invoices;

public sealed record PayInvoiceRequest
{
    /// <summary>credit_card, bank_transfer, gopay, dana, shopeepay, indomaret or alfamart.</summary>
    [Required, RegularExpression("^(credit_card|bank_transfer|gopay|dana|shopeepay|indomaret|alfamart)\\z", ErrorMessage = "method is not one we know.")]
    public string Method { get; init; } = "";

    /// <summary>A part of what is due; all of it when not given.</summary>
    public Money? Amount { get; init; }

    /// <summary>For bank_transfer: bca, bni, bri, permata, cimb or mandiri.</summary>
    [RegularExpression("^(bca|bni|bri|permata|cimb|mandiri)\\z", ErrorMessage = "bank is not one we know.")]
    public string? Bank { get; init; }

    /// <summary>For credit_card: what the provider's script gives the browser for the card.</summary>
    [StringLength(200)]
    public string? CardToken { get; init; }

    /// <summary>Keep the card for later payments.</summary>
    public bool SaveMethod { get; init; }

    /// <summary>Pay by a saved card or wallet.</summary>
    public Guid? PaymentMethodId { get; init; }

    /// <summary>Where a wallet's app or page leads back to.</summary>
    [StringLength(500)]
    [RegularExpression(@"^[A-Za-z][A-Za-z0-9+.-]*://\S+\z", ErrorMessage = "callbackUrl is an address with its scheme, of a page or an app.")]
    public string? CallbackUrl { get; init; }

    /// <summary>How long the payer wants to take.</summary>
    public int? ExpiresInMinutes { get; init; }
}

/// <summary>What the payer needs to pay: the members that his method has.</summary>
public sealed record PaymentInstructionsView(
    string? VaNumber, string? BillerCode, string? BillKey, string? PaymentCode, string? QrUrl, string? DeeplinkUrl, string? RedirectUrl);

/// <param name="Charged">What the payer pays: rupiah, also for an invoice in another currency.</param>
public sealed record InvoicePaymentView(
    Guid Id, string Status, Guid InvoiceId, Money Amount, string Method, string? Bank, string OrderId, PaymentInstructionsView? Instructions,
    DateTimeOffset? ExpiresAt, Money? Charged = null);

/// <summary>Asks the payment gateway for a charge of what is due, or of a part of it. Asking again while one is open gives the same one.</summary>
public sealed class PayInvoice(InvoiceStore invoices, ReceivedPaymentStore payments, Database database, ServiceClients services)
{
    private sealed record ChargeRequest(
        Guid InvoiceId, Guid UserId, Guid? SubscriptionId, Money Amount, int Installment, string Method, string? Bank, string Description,
        string? CardToken, bool SaveMethod, Guid? PaymentMethodId, string? CallbackUrl, int? ExpiresInMinutes);

    public async Task<InvoicePaymentView> RunAsync(
        TenantId tenant, Guid id, Guid? owner, PayInvoiceRequest request, CancellationToken cancellationToken)
    {
        // Counted first: should a payment arrive between the two, Payments finds this installment paid and charges nothing.
        await using var connection = database.Open(tenant);
        var installment = await payments.NextInstallmentAsync(connection, id, cancellationToken);
        var invoice = await invoices.FindAsync(tenant, id, owner, cancellationToken)
            ?? throw ProblemException.NotFound("INVOICE_NOT_FOUND", "There is no such invoice.");
        if (invoice.IsDraft)
            throw ProblemException.Conflict("INVOICE_IS_DRAFT", "Nobody owes a draft. It can be paid once it is finalised.");
        if (!invoice.IsPayable)
            throw ProblemException.Conflict("INVOICE_NOT_OPEN", $"Invoice {invoice.InvoiceNumber} is {invoice.Status.ToString().ToLowerInvariant()}; there is nothing to pay.");
        if (request is { Method: "bank_transfer", Bank: null })
            throw ProblemException.Invalid("bank", "BANK_MISSING", "bank_transfer needs a bank: bca, bni, bri, permata, cimb or mandiri.");

        var amount = request.Amount ?? invoice.Due;
        if (amount.Currency != invoice.Due.Currency || amount <= Money.Zero(amount.Currency) || amount > invoice.Due)
        {
            throw ProblemException.Invalid(
                "amount", "AMOUNT_NOT_DUE", $"A payment of this invoice is above zero and at most the {invoice.Due} that are due.");
        }

        var payment = await services.To(ServiceIdentity.Payments).PostAsync<ChargeRequest, InvoicePaymentView>(
            tenant, "/v1/payments",
            new ChargeRequest(
                invoice.Id, invoice.UserId, invoice.SubscriptionId, amount, installment, request.Method, request.Bank,
                $"Invoice {invoice.InvoiceNumber}", request.CardToken, request.SaveMethod, request.PaymentMethodId, request.CallbackUrl, request.ExpiresInMinutes),
            idempotencyKey: null, cancellationToken);

        // The charge is open but the bank has not answered yet; asking again finds the same one, with what the payer needs.
        return payment.Instructions is not null
            ? payment
            : throw ProblemException.Unavailable(
                "PAYMENT_BEING_PREPARED", "The bank has not answered yet. Ask again shortly; you will not be charged twice.", TimeSpan.FromSeconds(5));
    }
}
