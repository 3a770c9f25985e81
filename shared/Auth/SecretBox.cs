using System.Security.Cryptography;
using System.Text;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>AES-256-GCM: nonce, tag and ciphertext in one piece, bound to the name of what is sealed.</summary>
public static class SecretBox
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    public static byte[] Seal(byte[] key, byte[] secret, string name)
    {
        var box = new byte[NonceSize + TagSize + secret.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(
            box.AsSpan(0, NonceSize), secret, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(name));
        return box;
    }

    /// <exception cref="AuthenticationTagMismatchException">Another key sealed it, or it was changed.</exception>
    public static byte[] Open(byte[] key, byte[] box, string name)
    {
        if (box.Length < NonceSize + TagSize)
            throw new AuthenticationTagMismatchException("What was sealed is cut off.");
        var secret = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(
            box.AsSpan(0, NonceSize), box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), secret, Encoding.UTF8.GetBytes(name));
        return secret;
    }

    /// <summary>Opens what one of the keys sealed; null when none of them did, or it was changed.</summary>
    public static byte[]? TryOpen(IEnumerable<byte[]> keys, byte[] box, string name)
    {
        foreach (var key in keys)
        {
            try
            {
                return Open(key, box, name);
            }
            catch (AuthenticationTagMismatchException)
            {
                // The next key may fit: nothing in the box names the one that does.
            }
        }

        return null;
    }

    /// <summary>Seals a text for a message that passes through queues and tables.</summary>
    public static string SealText(byte[] key, string secret, string name) => Convert.ToBase64String(Seal(key, Encoding.UTF8.GetBytes(secret), name));

    /// <exception cref="AuthenticationTagMismatchException">Another key sealed it, or it was changed.</exception>
    public static string OpenText(byte[] key, string box, string name) => Encoding.UTF8.GetString(Open(key, Convert.FromBase64String(box), name));
}
