using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>The secret in a start link: 128 random bits in the letters that Telegram lets through. Only its hash is stored.</summary>
internal static class LinkToken
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
