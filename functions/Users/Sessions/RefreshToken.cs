using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Sessions;

/// <summary>An opaque token of 160 random bits that names its tenant. We keep its hash only.</summary>
public sealed record RefreshToken(TenantId Tenant, string Text)
{
    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    public static RefreshToken Create(TenantId tenant) => new(tenant, $"{tenant}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(20))}");

    public static bool TryParse(string text, [NotNullWhen(true)] out RefreshToken? token)
    {
        // A tenant's name holds no dot, so the first one ends it.
        var valid = TenantId.TryParse(text.Split('.')[0], out var tenant) && text.Length is > 20 and < 100;
        token = valid ? new RefreshToken(tenant, text) : null;
        return valid;
    }
}
