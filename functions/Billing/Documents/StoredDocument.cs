using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>One version of a document: what it says, and the file that was made of it. Neither ever changes.</summary>
public sealed record StoredDocument(
    Guid Id, string Kind, Guid SubjectId, string Version, string Number, string Content, string BlobName, byte[] Sha256, int SizeBytes,
    DateTimeOffset CreatedAt)
{
    public const string InvoiceKind = "invoice";
    public const string CreditNoteKind = "credit_note";

    /// <summary>A credit note never changes.</summary>
    public const string NoteVersion = "issued";

    // What was kept by an older version may lack members, what a newer one kept may have more.
    private static readonly JsonSerializerOptions Json = new(ApiJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    /// <summary>
    /// An invoice has a file for each state it has been in: it never says that paid money is due. Where notes or credit paid it there is no payment by
    /// whose id those times could be told apart.
    /// </summary>
    public static string VersionOf(Invoice invoice) => invoice.Status switch
    {
        InvoiceStatus.Paid when invoice is { PaymentTransactionId: null, Reopenings: > 0 } => $"paid-{Guid.Empty:N}-{invoice.Reopenings}",
        InvoiceStatus.Paid => $"paid-{invoice.PaymentTransactionId ?? Guid.Empty:N}",
        InvoiceStatus.Cancelled => "cancelled",
        _ => "issued",
    };

    public static string Write(InvoiceDocument document) => JsonSerializer.Serialize(document, Json);

    public InvoiceDocument Read() => JsonSerializer.Deserialize<InvoiceDocument>(Content, Json)!;
}
