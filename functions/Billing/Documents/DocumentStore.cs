using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>SQL of <c>documents</c>.</summary>
public sealed class DocumentStore(Database database)
{
    private const string Columns = "id, kind, subject_id, version, number, content::text, blob_name, sha256, size_bytes, created_at";

    public async Task<StoredDocument?> FindAsync(TenantId tenant, string kind, Guid subject, string version, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from documents
            where tenant_id = @tenant and kind = @kind and subject_id = @subject and version = @version
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<StoredDocument>(sql, new { tenant, kind, subject, version }, cancellationToken);
    }

    public async Task<StoredDocument?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from documents where tenant_id = @tenant and id = @id";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<StoredDocument>(sql, new { tenant, id }, cancellationToken);
    }

    /// <summary>Keeps the first of a version; whoever made it at the same time sees his dropped.</summary>
    public async Task InsertAsync(TenantId tenant, StoredDocument document, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into documents (tenant_id, id, kind, subject_id, version, number, content, blob_name, sha256, size_bytes, created_at)
            values (@tenant, @Id, @Kind, @SubjectId, @Version, @Number, @Content::jsonb, @BlobName, @Sha256, @SizeBytes, @CreatedAt)
            on conflict (tenant_id, kind, subject_id, version) do nothing
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql,
            new
            {
                tenant,
                document.Id,
                document.Kind,
                document.SubjectId,
                document.Version,
                document.Number,
                document.Content,
                document.BlobName,
                document.Sha256,
                document.SizeBytes,
                document.CreatedAt,
            },
            cancellationToken);
    }
}
