using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Options;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>The files of documents in Blob storage. A name holds the hash of its content, so none is ever written over.</summary>
public sealed class DocumentBlobs(IOptions<DocumentOptions> options)
{
    private const string Container = "documents";

    private readonly Lazy<BlobContainerClient> container = new(() => Connect(options.Value));
    private volatile bool isThere;

    public async Task PutAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        if (!isThere)
            await container.Value.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        isThere = true;
        try
        {
            await container.Value.GetBlobClient(name).UploadAsync(
                new BinaryData(content),
                new BlobUploadOptions
                {
                    HttpHeaders = new BlobHttpHeaders { ContentType = "application/pdf" },
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                },
                cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status is 409 or 412 && exists.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // The same bytes: somebody died between this and his row, or is making the same document now.
        }
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) =>
        (await container.Value.GetBlobClient(name).ExistsAsync(cancellationToken)).Value;

    /// <summary>Null when there is no such file.</summary>
    public async Task<byte[]?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await container.Value.GetBlobClient(name).DownloadContentAsync(cancellationToken)).Value.Content.ToArray();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    private static BlobContainerClient Connect(DocumentOptions options)
    {
        // Whoever waits for an answer does not wait for the library's usual minutes.
        var patience = new BlobClientOptions();
        patience.Retry.MaxRetries = 2;
        patience.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        var service = Uri.TryCreate(options.Storage, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            ? new BlobServiceClient(
                address, new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.StorageClientId }), patience)
            : new BlobServiceClient(options.Storage, patience);
        return service.GetBlobContainerClient(Container);
    }
}
