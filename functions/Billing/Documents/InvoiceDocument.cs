using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Billing.Documents;

public enum DocumentKind
{
    Invoice,
    CreditNote,
}

/// <summary>What a document says about its money.</summary>
public enum DocumentState
{
    /// <summary>It is to be paid; a credit note is just that.</summary>
    Open,
    Paid,
    Cancelled,
}

/// <summary>Who sends the document.</summary>
public sealed record Seller(string Name, IReadOnlyList<string> Address, string? TaxId, string? Email = null)
{
    /// <param name="address">Its lines.</param>
    public static Seller Of(string name, string address, string? taxId, string? email) =>
        new(name, address.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), taxId, email);
}

public sealed record DocumentLine(string Description, decimal Quantity, Money UnitPrice, Money Total);

/// <summary>
/// An invoice or a credit note with all that its reader sees: the PDF, the HTML view and the hosted page show this and nothing else. It is kept with
/// the file that was made of it.
/// </summary>
/// <param name="Corrects">The invoice that a credit note corrects.</param>
/// <param name="Customer">How the seller knows the payer. A name would outlive the account that it belongs to.</param>
/// <param name="LogoId">The picture at the head, by the hash of its bytes.</param>
public sealed record InvoiceDocument(
    DocumentKind Kind, string Number, string? Corrects, string Locale, Seller Seller, string Customer, string? LogoId,
    DateTimeOffset IssuedAt, DateTimeOffset? DueAt, DocumentState State, DateTimeOffset? PaidAt,
    IReadOnlyList<DocumentLine> Lines, Money Net, decimal TaxRate, Money Tax, Money Total)
{
    /// <summary>Whether the lines' prices hold the tax already.</summary>
    public bool TaxIncluded { get; init; }

    public Money? Paid { get; init; }

    /// <summary>What credit notes have taken off since.</summary>
    public Money? Credited { get; init; }

    /// <summary>What is left to pay.</summary>
    public Money Due => Kind == DocumentKind.CreditNote || State != DocumentState.Open
        ? Money.Zero(Total.Currency)
        : Total - (Paid ?? Money.Zero(Total.Currency)) - (Credited ?? Money.Zero(Total.Currency));
}
