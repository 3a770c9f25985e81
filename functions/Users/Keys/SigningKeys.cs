using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Keys;

public sealed record SigningKeyRow(string Id, byte[] PublicKey, byte[] SealedPrivateKey, DateTimeOffset RetiresAt);

/// <summary>The keys of access tokens. They live in the database, the private part sealed by AES-GCM with a key derived from JWT_SECRET.</summary>
public sealed class SigningKeys(Database database, IOptions<TokenOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(90);
    private readonly SemaphoreSlim loading = new(1, 1);
    private volatile Opened? current;

    private sealed record Opened(ECDsaSecurityKey Key, DateTimeOffset RetiresAt);

    public async Task<ECDsaSecurityKey> CurrentAsync(CancellationToken cancellationToken)
    {
        if (current is { } known && IsFresh(known.RetiresAt))
            return known.Key;

        await loading.WaitAsync(cancellationToken);
        try
        {
            var newest = (await ListAsync(cancellationToken))[0];
            current = new Opened(Open(newest), newest.RetiresAt);
            return current.Key;
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>Every key that may still be met in a token, newest first; there is always one.</summary>
    public async Task<IReadOnlyList<SigningKeyRow>> ListAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            select id, public_key, sealed_private_key, retires_at from signing_keys where retires_at > @now order by created_at desc, id
            """;
        var now = time.GetUtcNow();
        // The keys belong to no tenant; any tenant's transaction may read them.
        await using var transaction = await database.BeginAsync(TenantId.Default, cancellationToken);
        var keys = await transaction.QueryAsync<SigningKeyRow>(sql, new { now }, cancellationToken);
        if (keys.Count > 0 && IsFresh(keys[0].RetiresAt))
            return keys;

        // Two instances that start together make one key: the second waits here and finds it.
        await transaction.QueryAsync<string>("select pg_advisory_xact_lock(hashtext('signing_keys'))::text", null, cancellationToken);
        keys = await transaction.QueryAsync<SigningKeyRow>(sql, new { now }, cancellationToken);
        if (keys.Count > 0 && IsFresh(keys[0].RetiresAt))
            return keys;

        var created = Create(now);
        await transaction.ExecuteAsync(
            "insert into signing_keys (id, public_key, sealed_private_key, created_at, retires_at) values (@Id, @PublicKey, @SealedPrivateKey, @now, @RetiresAt)",
            new { created.Id, created.PublicKey, created.SealedPrivateKey, now, created.RetiresAt },
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return [created, .. keys];
    }

    public void Dispose() => loading.Dispose();

    // A key signs no token that would outlive it.
    private bool IsFresh(DateTimeOffset retiresAt) => retiresAt > time.GetUtcNow() + TimeSpan.FromHours(options.Value.AccessTokenHours);

    private SigningKeyRow Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var id = Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16];
        return new SigningKeyRow(id, publicKey, SecretBox.Seal(SealKey, key.ExportPkcs8PrivateKey(), id), now + Life);
    }

    private ECDsaSecurityKey Open(SigningKeyRow row)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(SecretBox.Open(SealKey, row.SealedPrivateKey, row.Id), out _);
        return new ECDsaSecurityKey(key) { KeyId = row.Id };
    }

    private byte[] SealKey => options.Value.DeriveKey("signing-keys");
}
