namespace ServerlessBusiness.Billing.Documents;

/// <summary>Lays a document out on A4: head, lines over as many pages as they need, each with the table's head, and the sums.</summary>
internal sealed class InvoicePdf : IDisposable
{
    private const double Left = 50;
    private const double Right = PdfSheet.Width - 50;
    private const double Top = 56;
    private const double Bottom = PdfSheet.Height - 72;
    private const double Size = 9.5;
    private const double LineHeight = 13.5;
    private const double RowPadding = 5;
    private const double QuantityRight = 352;
    private const double PriceRight = 448;
    private const double DescriptionWidth = 262;
    private const double SumsLeft = 330;
    private const double HeadGap = 28;
    private const double LargestName = 15;
    private const double SmallestName = 11;
    private const double NameSpacing = 1.3;
    private const double FootSize = 8;
    private const double FootNameWidth = 300;
    private const double LargestLogoWidth = 170;
    private const double LargestLogoHeight = 52;

    private readonly InvoiceDocument document;
    private readonly DocumentWords words;
    private readonly Logo? logo;
    private readonly PdfSheet sheet;
    private double y = Top;

    private InvoicePdf(InvoiceDocument document, Logo? logo)
    {
        this.document = document;
        this.logo = logo;
        words = DocumentWords.In(document.Locale);
        sheet = new PdfSheet($"{words.Title(document)} {document.Number}", document.Seller.Name, document.IssuedAt);
    }

    public static byte[] Write(InvoiceDocument document, Logo? logo)
    {
        using var pdf = new InvoicePdf(document, logo);
        return pdf.Write();
    }

    public void Dispose() => sheet.Dispose();

    private byte[] Write()
    {
        WriteHead();
        WriteParties();
        WriteTableHead();
        foreach (var line in document.Lines)
            WriteLine(line);
        WriteSums();
        sheet.Feet(
            page => ($"{FootName()}  ·  {document.Number}", words.PageOf(page, sheet.Pages)), Left, Right, PdfSheet.Height - 40, FootSize);
        return sheet.Build();
    }

    private void WriteHead()
    {
        var height = 0.0;
        if (logo is not null)
        {
            var scale = Math.Min(LargestLogoWidth / logo.Width, LargestLogoHeight / logo.Height);
            height = logo.Height * scale;
            sheet.Picture(logo, Left, Top - 14, logo.Width * scale, height);
        }
        else
        {
            height = WriteName();
        }

        sheet.TextTo(words.Title(document), Right, y + 6, 22, PdfTypeface.SemiBold, Ink.Black);
        sheet.TextTo(document.Number, Right, y + 24, 10.5, PdfTypeface.Regular, Ink.Grey);
        if (document.State != DocumentState.Open)
        {
            var (stamp, color) = document.State == DocumentState.Paid ? (words.PaidStamp, Ink.Good) : (words.CancelledStamp, Ink.Bad);
            sheet.TextTo(stamp, Right, y + 42, 12, PdfTypeface.SemiBold, color);
        }

        y += Math.Max(height, 56) + 14;
    }

    // Beside the title, in a smaller size when it is long, and never beyond it. How high it is.
    private double WriteName()
    {
        var face = PdfTypeface.SemiBold;
        var name = face.Writable(document.Seller.Name);
        var width = Right - Left - HeadGap - Math.Max(
            face.Measure(face.Writable(words.Title(document)), 22), PdfTypeface.Regular.Measure(PdfTypeface.Regular.Writable(document.Number), 10.5));
        var size = face.Wrap(name, LargestName, width).Count <= 2 ? LargestName : SmallestName;
        var lines = face.Wrap(name, size, width);
        for (var line = 0; line < lines.Count; line++)
            sheet.Text(lines[line], Left, y + 4 + (line * size * NameSpacing), size, face, Ink.Black);
        return lines.Count * size * NameSpacing;
    }

    private string FootName()
    {
        var lines = PdfTypeface.Regular.Wrap(PdfTypeface.Regular.Writable(document.Seller.Name), FootSize, FootNameWidth);
        return lines.Count <= 1 ? document.Seller.Name : $"{lines[0]}…";
    }

    private void WriteParties()
    {
        var top = y;
        // Without a picture the name stands at the head already.
        if (logo is not null)
        {
            var face = PdfTypeface.SemiBold;
            foreach (var line in face.Wrap(face.Writable(document.Seller.Name), Size, SumsLeft - Left - 20))
            {
                sheet.Text(line, Left, y, Size, face, Ink.Black);
                y += LineHeight;
            }
        }

        foreach (var line in SellerLines())
        {
            sheet.Text(line, Left, y, Size, PdfTypeface.Regular, Ink.Black);
            y += LineHeight;
        }

        var sellerEnd = y;

        y = top;
        foreach (var (label, value) in DocumentFigures.Facts(document, words))
        {
            sheet.Text(label, SumsLeft, y, Size, PdfTypeface.Regular, Ink.Grey);
            sheet.TextTo(value, Right, y, Size, PdfTypeface.Regular, Ink.Black);
            y += LineHeight;
        }

        y = Math.Max(sellerEnd, y) + 12;
        sheet.Text(words.Customer, Left, y, Size, PdfTypeface.Regular, Ink.Grey);
        sheet.Text(document.Customer, Left, y += LineHeight, Size, PdfTypeface.Regular, Ink.Black);
        y += 26;
    }

    private IEnumerable<string> SellerLines() => DocumentFigures.Seller(document, words)
        .SelectMany(line => PdfTypeface.Regular.Wrap(PdfTypeface.Regular.Writable(line), Size, SumsLeft - Left - 20));

    private void WriteTableHead()
    {
        sheet.Shade(Left, y - 13, Right - Left, 20, Ink.Shade);
        sheet.Text(words.Description, Left + 6, y, 8.5, PdfTypeface.SemiBold, Ink.Black);
        sheet.TextTo(words.Quantity, QuantityRight, y, 8.5, PdfTypeface.SemiBold, Ink.Black);
        sheet.TextTo(words.UnitPrice, PriceRight, y, 8.5, PdfTypeface.SemiBold, Ink.Black);
        sheet.TextTo(words.Amount, Right - 6, y, 8.5, PdfTypeface.SemiBold, Ink.Black);
        y += 22;
    }

    private void WriteLine(DocumentLine line)
    {
        var face = PdfTypeface.Regular;
        var text = face.Wrap(face.Writable(line.Description), Size, DescriptionWidth);
        Room(((text.Count - 1) * LineHeight) + RowPadding);
        sheet.TextTo(words.Decimal(line.Quantity), QuantityRight, y, Size, face, Ink.Black);
        sheet.TextTo(words.Money(line.UnitPrice), PriceRight, y, Size, face, Ink.Black);
        sheet.TextTo(words.Money(line.Total), Right - 6, y, Size, face, Ink.Black);
        foreach (var part in text)
        {
            // A description longer than a page goes on on the next.
            Room(0);
            sheet.Text(part, Left + 6, y, Size, face, Ink.Black);
            y += LineHeight;
        }

        y += RowPadding - LineHeight;
        sheet.Line(Left, Right, y, Ink.Hairline, 0.5);
        y += LineHeight + 1;
    }

    // Turns the page when there is no room for so much below this line.
    private void Room(double height)
    {
        if (y + height <= Bottom)
            return;
        sheet.AddPage();
        y = Top;
        WriteTableHead();
    }

    private void WriteSums()
    {
        var sums = DocumentFigures.Sums(document, words).ToList();
        var height = ((sums.Count + 1) * (LineHeight + 4)) + 16;
        if (y + height > Bottom)
        {
            sheet.AddPage();
            y = Top;
        }

        y += 6;
        foreach (var (label, amount) in sums)
        {
            sheet.Text(label, SumsLeft, y, Size, PdfTypeface.Regular, Ink.Grey);
            sheet.TextTo(amount, Right - 6, y, Size, PdfTypeface.Regular, Ink.Black);
            y += LineHeight + 4;
        }

        sheet.Line(SumsLeft, Right, y - 8, Ink.Black, 0.8);
        y += 9;
        var isNote = document.Kind == DocumentKind.CreditNote;
        sheet.Text(isNote ? words.AmountCredited : words.AmountDue, SumsLeft, y, 11, PdfTypeface.SemiBold, Ink.Black);
        sheet.TextTo(words.Money(isNote ? document.Total : document.Due), Right - 6, y, 11, PdfTypeface.SemiBold, Ink.Black);
    }
}
