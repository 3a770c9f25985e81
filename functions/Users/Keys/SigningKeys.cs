using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Keys;

public sealed record SigningKeyRow(string Id, byte[] PublicKey, byte[] SealedPrivateKey, DateTimeOffset SignsFrom, DateTimeOffset RetiresAt)
{
    /// <summary>What verifies.</summary>
    internal ECDsaSecurityKey ToPublicKey()
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(PublicKey, out _);
        return new ECDsaSecurityKey(key) { KeyId = Id };
    }
}

/// <summary>The keys of access tokens, for this app itself too. They live in the database, the private part sealed by AES-GCM with a key derived from JWT_SECRET.</summary>
public sealed partial class SigningKeys(
    Database database, SigningKeyStore store, PublishedKeys published, AuditLog audit, IOptions<TokenOptions> options, TimeProvider time,
    ILogger<SigningKeys> logger) : IPublishedKeySource, IDisposable
{
    // How soon a process signs with the key that another one made: long before anybody would miss it.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim loading = new(1, 1);

    // Null: sealed under another JWT_SECRET.
    private readonly ConcurrentDictionary<string, ECDsaSecurityKey?> opened = new();
    private volatile Opened? current;

    private sealed record Opened(ECDsaSecurityKey Key, DateTimeOffset Until);

    /// <summary>The key that signs now.</summary>
    public async Task<ECDsaSecurityKey> CurrentAsync(CancellationToken cancellationToken)
    {
        if (current is { } known && time.GetUtcNow() < known.Until)
            return known.Key;

        await loading.WaitAsync(cancellationToken);
        try
        {
            if (current is { } loaded && time.GetUtcNow() < loaded.Until)
                return loaded.Key;

            var usable = Usable(await EnsureAsync(cancellationToken));
            var now = time.GetUtcNow();
            var row = KeySchedule.Current(usable.Keys, now, TokenLife);
            var until = usable.Keys.Where(key => key.SignsFrom > now).Select(key => key.SignsFrom)
                .Append(KeySchedule.EndOf(row, TokenLife)).Append(now + Remembered).Min();
            current = new Opened(usable[row], until);
            return current.Key;
        }
        finally
        {
            loading.Release();
        }
    }

    async Task<IReadOnlyCollection<SecurityKey>> IPublishedKeySource.ReadAsync(CancellationToken cancellationToken) =>
        [.. (await EnsureAsync(cancellationToken)).Select(row => row.ToPublicKey())];

    /// <summary>Makes the next key when it is time for it, and returns every key that may still be met in a token, newest first.</summary>
    public async Task<IReadOnlyList<SigningKeyRow>> EnsureAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var keys = await ReadAsync(now, cancellationToken);
        if (NextSignsFrom(keys, now) is null)
            return keys;

        await using var transaction = await database.BeginAsync(TenantId.Default, cancellationToken);
        await store.TakeTurnAsync(transaction, cancellationToken);
        keys = await store.ListAsync(transaction, now, cancellationToken);
        if (NextSignsFrom(keys, now) is not { } signsFrom)
            return keys;

        var created = Create(signsFrom);
        await store.InsertAsync(transaction, created, now, cancellationToken);
        await store.DeleteRetiredAsync(transaction, now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.System, new AuditEntry("signing_key.created", null, new { created.Id, created.SignsFrom }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        keys = [created, .. keys];
        published.Learn(keys.Select(row => row.ToPublicKey()));
        return keys;
    }

    public void Dispose() => loading.Dispose();

    private TimeSpan TokenLife => TimeSpan.FromHours(options.Value.AccessTokenHours);

    private byte[] SealKey => options.Value.DeriveKey("signing-keys");

    private async Task<IReadOnlyList<SigningKeyRow>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(TenantId.Default);
        return await store.ListAsync(connection, now, cancellationToken);
    }

    private DateTimeOffset? NextSignsFrom(IReadOnlyList<SigningKeyRow> keys, DateTimeOffset now) =>
        KeySchedule.NextSignsFrom([.. Usable(keys).Keys], now, TokenLife);

    // A key sealed under another JWT_SECRET still verifies what it signed, but signs no more.
    private Dictionary<SigningKeyRow, ECDsaSecurityKey> Usable(IReadOnlyList<SigningKeyRow> keys)
    {
        var usable = new Dictionary<SigningKeyRow, ECDsaSecurityKey>();
        foreach (var row in keys)
        {
            if (opened.GetOrAdd(row.Id, _ => TryOpen(row)) is { } key)
                usable[row] = key;
        }

        return usable;
    }

    private ECDsaSecurityKey? TryOpen(SigningKeyRow row)
    {
        try
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(SecretBox.Open(SealKey, row.SealedPrivateKey, row.Id), out _);
            return new ECDsaSecurityKey(key) { KeyId = row.Id };
        }
        catch (CryptographicException)
        {
            LogForeign(row.Id);
            return null;
        }
    }

    private SigningKeyRow Create(DateTimeOffset signsFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = key.ExportSubjectPublicKeyInfo();
        var id = Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16];
        return new SigningKeyRow(id, publicKey, SecretBox.Seal(SealKey, key.ExportPkcs8PrivateKey(), id), signsFrom, signsFrom + KeySchedule.Life);
    }

    [LoggerMessage(LogLevel.Warning, "The signing key {Id} was sealed under another JWT_SECRET and signs no more.")]
    private partial void LogForeign(string id);
}
