using System.Security.Cryptography;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>
/// Makes the file of a document as its subject stands now. First the file, then its row: who dies between them leaves a file that nobody knows of,
/// and the next one to come finishes the work. Done again it changes nothing.
/// </summary>
public sealed class RenderDocument(
    DocumentStore documents, DocumentBlobs blobs, ComposeDocument compose, BillingProfileStore profiles, BillingTime time) : IDisposable
{
    // Drawing takes a processor; half of them are left to those who wait for an answer.
    private readonly SemaphoreSlim drawing = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task RunAsync(TenantId tenant, string kind, Guid subject, CancellationToken cancellationToken)
    {
        if (await compose.FindAsync(tenant, kind, subject, cancellationToken) is not { } composed)
            return;

        var kept = await documents.FindAsync(tenant, kind, subject, composed.Version, cancellationToken);
        if (kept is not null && await blobs.ExistsAsync(kept.BlobName, cancellationToken))
            return;

        var document = kept?.Read() ?? composed.Document;
        var logo = document.LogoId is { } id ? await profiles.FindLogoAsync(tenant, id, cancellationToken) : null;
        var file = await DrawAsync(document, logo, cancellationToken);
        var hash = SHA256.HashData(file);
        if (kept is not null && !hash.AsSpan().SequenceEqual(kept.Sha256))
            throw new InvalidOperationException($"The file of document {kept.Id} is lost, and what is drawn now differs from it. Restore it from a backup.");

        var name = $"{tenant}/{kind}s/{subject:N}/{composed.Version}-{Convert.ToHexStringLower(hash)}.pdf";
        await blobs.PutAsync(name, file, cancellationToken);
        var now = time.GetUtcNow();
        await documents.InsertAsync(
            tenant,
            new StoredDocument(
                Guid.CreateVersion7(now), kind, subject, composed.Version, document.Number, StoredDocument.Write(document), name, hash, file.Length,
                now),
            cancellationToken);
    }

    public void Dispose() => drawing.Dispose();

    private async Task<byte[]> DrawAsync(InvoiceDocument document, Logo? logo, CancellationToken cancellationToken)
    {
        await drawing.WaitAsync(cancellationToken);
        try
        {
            return InvoicePdf.Write(document, logo);
        }
        finally
        {
            drawing.Release();
        }
    }
}
