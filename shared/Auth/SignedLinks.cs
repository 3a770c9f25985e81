using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>What a link lets its holder see: one thing of one tenant, until then.</summary>
public sealed record SignedLink(TenantId Tenant, Guid Subject, DateTimeOffset ExpiresAt)
{
    public bool HasExpired(DateTimeOffset now) => now >= ExpiresAt;
}

/// <summary>The tokens of links that need no sign-in. Each purpose has a key of its own, so that a token of one is nothing to another.</summary>
public sealed class SignedLinks(IOptions<TokenOptions> options)
{
    /// <summary>The page on which an invoice is read and paid.</summary>
    public const string InvoicePage = "invoice-page";

    /// <summary>A file of a document.</summary>
    public const string Document = "document";

    private const int MacSize = 16;
    private const int TenantAt = MacSize + 8 + 16;

    private readonly ConcurrentDictionary<string, byte[]> keys = new();

    public string Create(string purpose, SignedLink link)
    {
        var tenant = Encoding.ASCII.GetBytes(link.Tenant.Value);
        var token = new byte[TenantAt + tenant.Length];
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(MacSize), link.ExpiresAt.ToUnixTimeSeconds());
        link.Subject.TryWriteBytes(token.AsSpan(MacSize + 8), bigEndian: true, out _);
        tenant.CopyTo(token, TenantAt);
        Mac(purpose, token).CopyTo(token);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The link, also when it has expired; null when it is not one of ours for this purpose.</summary>
    public SignedLink? Read(string purpose, string? text)
    {
        if (text is not { Length: > 0 and < 200 } || !Base64Url.IsValid(text))
            return null;
        var token = Base64Url.DecodeFromChars(text);
        // One text for one token: the same bytes written in another way are somebody's try.
        if (token.Length <= TenantAt || Base64Url.EncodeToString(token) != text
            || !CryptographicOperations.FixedTimeEquals(Mac(purpose, token), token.AsSpan(0, MacSize)))
            return null;
        return new SignedLink(
            TenantId.Parse(Encoding.ASCII.GetString(token.AsSpan(TenantAt))),
            new Guid(token.AsSpan(MacSize + 8, 16), bigEndian: true),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(token.AsSpan(MacSize))));
    }

    private ReadOnlySpan<byte> Mac(string purpose, byte[] token) => HMACSHA256.HashData(
        keys.GetOrAdd(purpose, name => options.Value.DeriveKey("link-" + name)), token.AsSpan(MacSize)).AsSpan(0, MacSize);
}
