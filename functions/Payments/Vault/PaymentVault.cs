using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Vault;

/// <summary>
/// Seals secrets for the database with AES-256-GCM as <c>version.keyid.nonce.ciphertext.tag</c>. Each is bound to the row it stands in, so a
/// ciphertext that is moved to another row, user or tenant does not open.
/// </summary>
public sealed class PaymentVault(IOptions<VaultOptions> options)
{
    private const string Version = "v1";
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] current = options.Value.AllKeys[0];
    private readonly Dictionary<string, byte[]> keys = options.Value.AllKeys.DistinctBy(NameOf).ToDictionary(NameOf);

    public string Seal(string secret, SealedFor place)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var nonce = RandomNumberGenerator.GetBytes(NonceSize);
        var (cipher, tag) = (new byte[text.Length], new byte[TagSize]);
        using var aes = new AesGcm(current, TagSize);
        aes.Encrypt(nonce, text, cipher, tag, place.Bytes);
        return string.Join('.', Version, NameOf(current), Base64Url.EncodeToString(nonce), Base64Url.EncodeToString(cipher), Base64Url.EncodeToString(tag));
    }

    /// <exception cref="CryptographicException">It was sealed for another place or under a key that is not given, or it was changed.</exception>
    public string Open(string sealedText, SealedFor place)
    {
        if (sealedText.Split('.') is not [Version, var name, var nonce, var cipher, var tag])
            throw new CryptographicException("This is nothing that was sealed here.");
        if (!keys.TryGetValue(name, out var key))
            throw new CryptographicException($"The key {name} is not among PAYMENT_ENCRYPTION_KEY and PAYMENT_ENCRYPTION_OLD_KEYS.");

        var (nonceBytes, bytes, tagBytes) = (Decode(nonce), Decode(cipher), Decode(tag));
        // Of other lengths AES would say that its caller is wrong, and no caller expects that.
        if (nonceBytes.Length != NonceSize || tagBytes.Length != TagSize)
            throw new CryptographicException("What was sealed was changed.");
        var text = new byte[bytes.Length];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(nonceBytes, bytes, tagBytes, text, place.Bytes);
        return Encoding.UTF8.GetString(text);
    }

    private static byte[] Decode(string part)
    {
        try
        {
            return Base64Url.DecodeFromChars(part);
        }
        catch (FormatException exception)
        {
            throw new CryptographicException("What was sealed was changed.", exception);
        }
    }

    /// <summary>How everything begins that is sealed under the current key.</summary>
    public string CurrentPrefix => $"{Version}.{NameOf(current)}.";

    /// <summary>Tells whether two tokens of a user are the same. Tokens are long and random, so their hash gives nothing away.</summary>
    public static byte[] Fingerprint(TenantId tenant, Guid user, string token) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}|{user}|{token}"));

    private static string NameOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData(key))[..8];
}

/// <summary>Where a sealed text stands: whose it is, which row's and what it is.</summary>
public sealed record SealedFor(TenantId Tenant, Guid? User, Guid Row, string Type)
{
    internal byte[] Bytes => Encoding.UTF8.GetBytes($"{Tenant}|{User}|{Row}|{Type}");
}
