using Azure;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>A link under which anybody gets the file until it expires.</summary>
public sealed record DocumentLink(string Url, DateTimeOffset ExpiresAt, string Sha256, int SizeBytes);

/// <summary>Gives out files of documents by links that live a few minutes. A file that is missing is asked for.</summary>
public sealed class LinkDocument(
    Database database, DocumentStore documents, DocumentBlobs blobs, SignedLinks links, IOptions<DocumentOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(2);

    /// <exception cref="ProblemException">503 while it is being made.</exception>
    public async Task<DocumentLink> RunAsync(TenantId tenant, string kind, Guid subject, string version, CancellationToken cancellationToken)
    {
        var document = await documents.FindAsync(tenant, kind, subject, version, cancellationToken)
            ?? throw await BeingPreparedAsync(tenant, kind, subject, cancellationToken);
        var expires = time.GetUtcNow() + Life;
        var token = links.Create(SignedLinks.Document, new SignedLink(tenant, document.Id, expires));
        return new DocumentLink(
            $"{options.Value.PublicUrl.TrimEnd('/')}/v1/documents/{token}", expires, Convert.ToHexStringLower(document.Sha256), document.SizeBytes);
    }

    /// <summary>The document of a link and its bytes.</summary>
    /// <exception cref="ProblemException">404 or 410 when the link is not good, 503 while the file is being made.</exception>
    public async Task<(StoredDocument Document, byte[] File)> OpenAsync(string token, CancellationToken cancellationToken)
    {
        if (links.Read(SignedLinks.Document, token) is not { } link)
            throw ProblemException.NotFound("UNKNOWN_DOCUMENT_LINK", "This is not a link to one of our documents.");
        if (link.HasExpired(time.GetUtcNow()))
            throw new ProblemException(410, "DOCUMENT_LINK_EXPIRED", "This link has expired. Ask for the document again where you found it.");

        var document = await documents.FindAsync(link.Tenant, link.Subject, cancellationToken)
            ?? throw ProblemException.NotFound("DOCUMENT_NOT_FOUND", "There is no such document.");
        try
        {
            var file = await blobs.FindAsync(document.BlobName, cancellationToken)
                ?? throw await BeingPreparedAsync(link.Tenant, document.Kind, document.SubjectId, cancellationToken);
            return (document, file);
        }
        catch (Exception exception) when (exception is RequestFailedException { Status: 0 or >= 500 } or AggregateException)
        {
            throw ProblemException.DependencyAway();
        }
    }

    private async Task<ProblemException> BeingPreparedAsync(TenantId tenant, string kind, Guid subject, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await transaction.PublishAsync(new DocumentRequested(kind, subject), time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ProblemException.Unavailable("DOCUMENT_BEING_PREPARED", "The document is being made. Ask again shortly.", UsualWait);
    }
}
