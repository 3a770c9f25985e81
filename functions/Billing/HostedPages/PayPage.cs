using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.Invoices;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>What the payer can do on the page.</summary>
internal enum PayStep
{
    Choose,
    Pay,
    Prepare,
    Confirm,
    Paid,
    Cancelled,
}

/// <summary>All that the hosted page shows.</summary>
internal sealed record PayPage(
    string Token, Invoice Invoice, InvoiceDocument Document, Logo? Logo, IReadOnlyList<PayMethod> Methods, PagePayment? Payment, string Locale,
    TimeZoneInfo Zone, DateTimeOffset Now)
{
    /// <summary>Why the last press led nowhere.</summary>
    public string? Notice { get; init; }

    /// <summary>Where the page stands, by the invoice first: what is paid or cancelled cannot be paid, whatever Payments still says.</summary>
    public PayStep Step => StepOf(Invoice, Payment, Now);

    public static PayStep StepOf(Invoice invoice, PagePayment? payment, DateTimeOffset now) => (invoice.Status, payment) switch
    {
        (InvoiceStatus.Paid, _) => PayStep.Paid,
        (InvoiceStatus.Cancelled, _) => PayStep.Cancelled,
        (_, { } settled) when settled.IsNews(now) => PayStep.Confirm,
        (_, { Status: "pending", Instructions: null }) => PayStep.Prepare,
        (_, { Status: "pending" } waiting) when !(waiting.ExpiresAt <= now) => PayStep.Pay,
        _ => PayStep.Choose,
    };

    public static string NameOf(PayStep step) => step.ToString().ToLowerInvariant();

    public static string StatusOf(Invoice invoice) => invoice.Status switch
    {
        InvoiceStatus.Paid => "paid",
        InvoiceStatus.Cancelled => "cancelled",
        _ => "open",
    };
}
