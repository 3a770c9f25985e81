using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace ServerlessBusiness.Shared.Contracts;

/// <summary>What Subscriptions and Billing both work out about a renewal, so that neither has to ask the other.</summary>
public static class RenewalCharge
{
    // Names of ours are told from those of others by it; it means nothing else and never changes.
    private static readonly byte[] Namespace = Guid.Parse("8f3c1d0a-52b7-4c8e-9d57-6c1c0a0e7b11").ToByteArray(bigEndian: true);

    /// <summary>The id of the charge for the period that begins then: a name-based UUID (RFC 9562, version 8, SHA-256), the same wherever it is made.</summary>
    public static Guid IdOf(Guid subscription, DateTimeOffset periodStart)
    {
        Span<byte> name = stackalloc byte[40];
        Namespace.CopyTo(name);
        subscription.TryWriteBytes(name[16..], bigEndian: true, out _);
        // Microseconds, as fine as both databases keep the moment.
        BinaryPrimitives.WriteInt64BigEndian(name[32..], (periodStart.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>How its line reads.</summary>
    public static string Describe(string tierName, string cycle, DateTimeOffset from, DateTimeOffset to) => string.Create(
        CultureInfo.InvariantCulture, $"{tierName}, {cycle}, {from.UtcDateTime:yyyy-MM-dd} to {to.UtcDateTime:yyyy-MM-dd}");
}
