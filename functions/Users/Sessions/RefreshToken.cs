using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>An opaque token of 160 bits that names its tenant. We keep its hash only.</summary>
public sealed record RefreshToken(TenantId Tenant, string Text)
{
    private const int Size = 20;
    private const int NonceSize = 16;

    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static RefreshToken Create(TenantId tenant) => new(tenant, $"{tenant}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size))}");

    public static byte[] CreateNonce() => RandomNumberGenerator.GetBytes(NonceSize);

    public static bool TryParse(string text, [NotNullWhen(true)] out RefreshToken? token)
    {
        // A tenant's name holds no dot, so the first one ends it.
        var valid = TenantId.TryParse(text.Split('.')[0], out var tenant) && text.Length is > 20 and < 100;
        token = valid ? new RefreshToken(tenant, text) : null;
        return valid;
    }

    /// <summary>
    /// The token that follows. It can be made again from this one, the nonce and our key, and only from all three: so two clients that use
    /// this one at the same moment get the same successor, although nobody has stored it.
    /// </summary>
    public RefreshToken Successor(byte[] key, byte[] nonce)
    {
        byte[] parent = [.. nonce, .. Encoding.UTF8.GetBytes(Text)];
        var secret = HMACSHA256.HashData(key, parent).AsSpan(0, Size);
        return new RefreshToken(Tenant, $"{Tenant}.{Base64Url.EncodeToString(secret)}");
    }
}
