using System.Reflection;
using System.Text;
using UglyToad.PdfPig.Fonts.TrueType;
using UglyToad.PdfPig.Fonts.TrueType.Parser;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>One of the embedded fonts, read once: its bytes for the writer, and the widths of its letters.</summary>
internal sealed class PdfTypeface
{
    private const char Unknown = '?';

    // The first plane holds all that the fonts have.
    private readonly float[] widths = new float[char.MaxValue + 1];

    private PdfTypeface(string name)
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The font {name} is not embedded.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        Bytes = bytes;
        var font = TrueTypeFontParser.Parse(new TrueTypeDataBytes(bytes));
        var perEm = (float)font.GetUnitsPerEm();
        for (var letter = 0; letter < widths.Length; letter++)
            widths[letter] = font.WindowsUnicodeCMap.CharacterCodeToGlyphIndex(letter) > 0 && font.TryGetAdvanceWidth(letter, out var width)
                ? (float)width / perEm
                : float.NaN;
    }

    public static PdfTypeface Regular { get; } = new("NotoSans-Regular.ttf");

    public static PdfTypeface SemiBold { get; } = new("NotoSans-SemiBold.ttf");

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The text with what the font has: other letters become question marks, other spaces a plain one.</summary>
    public string Writable(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
            return text;

        var written = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
                written.Append(' ');
            else if (rune.IsBmp && !float.IsNaN(widths[rune.Value]))
                written.Append((char)rune.Value);
            else if (!Rune.IsControl(rune) && rune.Value is not (0x200B or 0x200D or 0xFE0F))
                written.Append(Unknown);
        }

        return written.ToString();
    }

    /// <summary>How wide a writable text is.</summary>
    public double Measure(ReadOnlySpan<char> text, double size)
    {
        var width = 0f;
        foreach (var letter in text)
            width += widths[letter];
        return width * size;
    }

    /// <summary>Breaks a writable text between words, and within a word that no line holds.</summary>
    public IReadOnlyList<string> Wrap(string text, double size, double width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var rest = word;
            while (rest.Length > 0)
            {
                var longer = line.Length == 0 ? rest : line + " " + rest;
                if (Measure(longer, size) <= width)
                {
                    (line, rest) = (longer, "");
                }
                else if (line.Length > 0)
                {
                    lines.Add(line);
                    line = "";
                }
                else
                {
                    var fits = Math.Max(1, Fitting(rest, size, width));
                    lines.Add(rest[..fits]);
                    rest = rest[fits..];
                }
            }
        }

        if (line.Length > 0 || lines.Count == 0)
            lines.Add(line);
        return lines;
    }

    private int Fitting(string word, double size, double width)
    {
        var fits = 0;
        while (fits < word.Length && Measure(word.AsSpan(0, fits + 1), size) <= width)
            fits++;
        return fits;
    }
}
