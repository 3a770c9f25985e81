using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessBusiness.Users.Audit;

/// <summary>One link as it is stored.</summary>
public sealed record AuditRow(
    long Seq, Guid Id, DateTimeOffset At, string Action, string ActorKind, Guid? ActorId, string? ActorService, Guid? ImpersonatorId, Guid? TargetId,
    string Detail, string? Address, byte[] Hash);

/// <summary>
/// HMAC-SHA-256 over the hash before and every field of the entry. Who can write to the database but has not the key can neither
/// change an entry nor make a chain that fits.
/// </summary>
internal static class AuditChain
{
    public static readonly byte[] Start = new byte[32];

    public static byte[] Hash(byte[] key, string tenant, byte[] previous, AuditRow row)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(previous);
        ReadOnlySpan<string?> fields =
        [
            tenant, row.Seq.ToString(CultureInfo.InvariantCulture), row.Id.ToString(), Microseconds(row.At), row.Action, row.ActorKind,
            row.ActorId?.ToString(), row.ActorService, row.ImpersonatorId?.ToString(), row.TargetId?.ToString(), row.Detail, Bytes(row.Address),
        ];
        foreach (var field in fields)
            Append(hmac, field);
        return hmac.GetHashAndReset();
    }

    /// <summary>
    /// What only we can say of the end of a chain: nobody who cuts entries off can give the one before them out as the last.
    /// </summary>
    public static byte[] Seal(byte[] key, string tenant, long seq, byte[] hash)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        ReadOnlySpan<string?> fields = ["head", tenant, seq.ToString(CultureInfo.InvariantCulture)];
        foreach (var field in fields)
            Append(hmac, field);
        hmac.AppendData(hash);
        return hmac.GetHashAndReset();
    }

    /// <summary>Whether the entry follows from the hash before it under one of the keys.</summary>
    public static bool Follows(IEnumerable<byte[]> keys, string tenant, byte[] previous, AuditRow row) =>
        keys.Any(key => CryptographicOperations.FixedTimeEquals(Hash(key, tenant, previous, row), row.Hash));

    /// <summary>The first entry that does not follow from the ones before it, or null when all do.</summary>
    /// <param name="keys">Those under which entries may have been written, today's first.</param>
    public static long? FirstBroken(IReadOnlyList<byte[]> keys, string tenant, long seq, byte[] hash, IEnumerable<AuditRow> rows)
    {
        foreach (var row in rows)
        {
            if (row.Seq != ++seq || !Follows(keys, tenant, hash, row))
                return seq;
            hash = row.Hash;
        }

        return null;
    }

    // Lengths stand before the fields, so that no two entries run together into the same bytes. Nothing is not the same as empty.
    private static void Append(IncrementalHash hmac, string? field)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = field is null ? [] : Encoding.UTF8.GetBytes(field);
        BinaryPrimitives.WriteInt32BigEndian(length, field is null ? -1 : bytes.Length);
        hmac.AppendData(length);
        hmac.AppendData(bytes);
    }

    // .NET and PostgreSQL spell some addresses differently.
    private static string? Bytes(string? address) => address is null ? null : Convert.ToHexString(IPAddress.Parse(address).GetAddressBytes());

    private static string Microseconds(DateTimeOffset at) => (at.UtcTicks / 10).ToString(CultureInfo.InvariantCulture);
}
