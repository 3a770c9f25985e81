using System.Security.Cryptography;
using System.Text;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Writer;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>A colour of the page.</summary>
internal readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    public static readonly Ink Black = new(24, 28, 36);
    public static readonly Ink Grey = new(98, 106, 120);
    public static readonly Ink Hairline = new(214, 218, 226);
    public static readonly Ink Shade = new(244, 246, 249);
    public static readonly Ink Good = new(22, 125, 80);
    public static readonly Ink Bad = new(176, 42, 42);
}

/// <summary>A4 pages, written from top to bottom: the writer's coordinates begin at the foot, these at the head.</summary>
internal sealed class PdfSheet : IDisposable
{
    public const double Width = 595.28;
    public const double Height = 841.89;

    private readonly PdfDocumentBuilder builder = new();
    private readonly Dictionary<PdfTypeface, PdfDocumentBuilder.AddedFont> fonts = [];
    private readonly List<PdfPageBuilder> pages = [];
    private Ink ink;

    public PdfSheet(string title, string author, DateTimeOffset at)
    {
        builder.DocumentInformation = new PdfDocumentBuilder.DocumentInformationBuilder
        {
            Title = title,
            Author = author,
            CreationDate = $"D:{at.UtcDateTime:yyyyMMddHHmmss}Z",
        };
        foreach (var face in new[] { PdfTypeface.Regular, PdfTypeface.SemiBold })
            fonts[face] = builder.AddTrueTypeFont(face.Bytes);
        AddPage();
    }

    public int Pages => pages.Count;

    private PdfPageBuilder Page => pages[^1];

    public void AddPage()
    {
        pages.Add(builder.AddPage(PageSize.A4));
        ink = default;
    }

    public void Text(string text, double x, double y, double size, PdfTypeface face, Ink color)
    {
        var written = face.Writable(text);
        if (written.Length > 0)
            Write(Page, written, x, y, size, face, color);
    }

    /// <summary>Text that ends at <paramref name="right"/>.</summary>
    public void TextTo(string text, double right, double y, double size, PdfTypeface face, Ink color)
    {
        var written = face.Writable(text);
        if (written.Length > 0)
            Write(Page, written, right - face.Measure(written, size), y, size, face, color);
    }

    public void Line(double left, double right, double y, Ink color, double width = 0.6)
    {
        Page.SetStrokeColor(color.Red, color.Green, color.Blue);
        Page.DrawLine(new PdfPoint(left, Height - y), new PdfPoint(right, Height - y), width);
    }

    public void Shade(double left, double top, double width, double height, Ink color)
    {
        Fill(Page, color);
        Page.SetStrokeColor(color.Red, color.Green, color.Blue);
        Page.DrawRectangle(new PdfPoint(left, Height - top - height), width, height, 0.1, true);
    }

    public void Picture(Logo logo, double left, double top, double width, double height)
    {
        var place = new PdfRectangle(left, Height - top - height, left + width, Height - top);
        if (logo.IsPng)
            Page.AddPng(logo.Bytes, place);
        else
            Page.AddJpeg(logo.Bytes, place);
    }

    /// <summary>Writes the foot of each page, now that it is known how many there are.</summary>
    public void Feet(Func<int, (string Left, string Right)> textOf, double left, double right, double y, double size)
    {
        for (var number = 1; number <= pages.Count; number++)
        {
            var (begin, end) = textOf(number);
            var face = PdfTypeface.Regular;
            (begin, end) = (face.Writable(begin), face.Writable(end));
            ink = default;
            if (begin.Length > 0)
                Write(pages[number - 1], begin, left, y, size, face, Ink.Grey);
            Write(pages[number - 1], end, right - face.Measure(end, size), y, size, face, Ink.Grey);
        }
    }

    /// <summary>The file. The same document always gives the same bytes.</summary>
    public byte[] Build() => SettleId(builder.Build());

    public void Dispose() => builder.Dispose();

    private void Write(PdfPageBuilder page, string text, double x, double y, double size, PdfTypeface face, Ink color)
    {
        Fill(page, color);
        page.AddText(text, size, new PdfPoint(x, Height - y), fonts[face]);
    }

    private void Fill(PdfPageBuilder page, Ink color)
    {
        if (ink == color)
            return;
        page.SetTextAndFillColor(color.Red, color.Green, color.Blue);
        ink = color;
    }

    // The writer draws the file's two ids at random; what the file holds says as well which it is.
    private static byte[] SettleId(byte[] file)
    {
        var at = file.AsSpan().LastIndexOf("/ID [ <"u8);
        if (at < 0)
            throw new InvalidOperationException("The PDF writer gave the file no id.");
        var id = Encoding.ASCII.GetBytes(Convert.ToHexString(SHA256.HashData(file.AsSpan(0, at)), 0, 16));
        var first = at + "/ID [ <"u8.Length;
        id.CopyTo(file, first);
        id.CopyTo(file, first + id.Length + "><"u8.Length);
        return file;
    }
}
