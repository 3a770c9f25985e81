using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Users.Keys;

/// <summary>SQL of <c>signing_keys</c>, which belong to no tenant: any tenant's connection may read them.</summary>
public sealed class SigningKeyStore
{
    /// <summary>Every key that may still be met in a token, newest first.</summary>
    public Task<IReadOnlyList<SigningKeyRow>> ListAsync(TenantConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, public_key, sealed_private_key, coalesce(signs_from, created_at) as signs_from, retires_at
            from signing_keys
            where retires_at > @now
            order by created_at desc, id
            """;
        return connection.QueryAsync<SigningKeyRow>(sql, new { now }, cancellationToken);
    }

    /// <summary>Two instances make one key: the second waits here until the first has committed.</summary>
    public Task TakeTurnAsync(TenantTransaction transaction, CancellationToken cancellationToken) =>
        transaction.QueryAsync<string>("select pg_advisory_xact_lock(hashtext('signing_keys'))::text", null, cancellationToken);

    public Task InsertAsync(TenantTransaction transaction, SigningKeyRow key, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into signing_keys (id, public_key, sealed_private_key, created_at, signs_from, retires_at)
            values (@Id, @PublicKey, @SealedPrivateKey, @now, @SignsFrom, @RetiresAt)
            """;
        return transaction.ExecuteAsync(
            sql, new { key.Id, key.PublicKey, key.SealedPrivateKey, now, key.SignsFrom, key.RetiresAt }, cancellationToken);
    }

    public Task DeleteRetiredAsync(TenantTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("delete from signing_keys where retires_at <= @now", new { now }, cancellationToken);
}
