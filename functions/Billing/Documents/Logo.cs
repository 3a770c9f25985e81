using System.Buffers.Binary;
using System.Security.Cryptography;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>A picture for the head of documents.</summary>
public sealed record Logo(byte[] Bytes, bool IsPng, int Width, int Height)
{
    public const int MostBytes = 100 * 1024;
    private const int MostPixels = 1_000_000;

    public string MediaType => IsPng ? "image/png" : "image/jpeg";

    /// <summary>Its bytes' hash: a changed picture is another one, and old documents keep theirs.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Bytes));

    /// <summary>Reads what the file's head says; null when it is neither a PNG nor a JPEG.</summary>
    public static Logo? Read(byte[] bytes)
    {
        var size = SizeOfPng(bytes) ?? SizeOfJpeg(bytes);
        return size is var (width, height) ? new Logo(bytes, bytes[0] == 0x89, width, height) : null;
    }

    /// <exception cref="ProblemException">400 when it is too large, or no document can show it.</exception>
    public static Logo Check(byte[] bytes)
    {
        if (bytes.Length > MostBytes)
            throw Refused($"A logo has at most {MostBytes / 1024} KB.");
        if (Read(bytes) is not { } logo)
            throw Refused("A logo is a PNG or a JPEG.");
        if (logo.Width < 16 || logo.Height < 16 || (long)logo.Width * logo.Height > MostPixels)
            throw Refused("A logo has at least 16 pixels on each side and at most a million in all.");
        try
        {
            using var sheet = new PdfSheet("logo", "", DateTimeOffset.UnixEpoch);
            sheet.Picture(logo, 0, 0, 100, 100);
            sheet.Build();
        }
        // The readers of pictures throw whatever they stumble over.
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Refused("This picture cannot be read. Save it again without interlacing, as a plain PNG or JPEG.");
        }

        return logo;
    }

    private static (int Width, int Height)? SizeOfPng(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 33 && bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            ? (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..]))
            : null;

    // Walks over the segments up to the frame's head, which holds the size.
    private static (int Width, int Height)? SizeOfJpeg(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return null;
        for (var at = 2; at + 9 < bytes.Length && bytes[at] == 0xFF;)
        {
            var marker = bytes[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }

        return null;
    }

    private static ProblemException Refused(string sentence) => ProblemException.Invalid("data", "INVALID_LOGO", sentence);
}
