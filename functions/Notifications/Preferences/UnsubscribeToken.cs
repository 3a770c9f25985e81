using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>Whose wish it is not to get which kind of notification.</summary>
public sealed record Unsubscription(TenantId Tenant, Guid User, string Type);

/// <summary>The token in a mail's unsubscribe link: it names the mail's reader and kind, signed by us, and lasts as long as the mail is kept.</summary>
public sealed class UnsubscribeToken(IOptions<TokenOptions> tokens)
{
    private const int MacSize = 16;

    private readonly byte[] key = tokens.Value.DeriveKey("mail-unsubscribe");

    public string Create(Unsubscription whose)
    {
        var content = Encoding.UTF8.GetBytes($"{whose.Tenant}\n{whose.User:N}\n{whose.Type}");
        return Base64Url.EncodeToString([.. Mac(content), .. content]);
    }

    /// <summary>Null when it is not one of ours.</summary>
    public Unsubscription? Read(string? token)
    {
        if (token is not { Length: > 0 and < 500 } || !Base64Url.IsValid(token))
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= MacSize || !CryptographicOperations.FixedTimeEquals(Mac(bytes.AsSpan(MacSize)), bytes.AsSpan(0, MacSize)))
            return null;
        return Encoding.UTF8.GetString(bytes.AsSpan(MacSize)).Split('\n') is [var tenant, var user, var type]
            ? new Unsubscription(TenantId.Parse(tenant), Guid.Parse(user), type)
            : null;
    }

    private byte[] Mac(ReadOnlySpan<byte> content) => HMACSHA256.HashData(key, content)[..MacSize];
}
