using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>HTML that is safe by the way it is made: whatever is put into it is encoded, unless it is HTML itself.</summary>
public readonly record struct Html(string Text)
{
    public static readonly Html Nothing = new("");

    public static Html Of(ref Encoder html) => html.ToHtml();

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Text)));

    public override string ToString() => Text;

    [InterpolatedStringHandler]
    public readonly ref struct Encoder(int literalLength, int formattedCount)
    {
        private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string markup) => text.Append(markup);

        public void AppendFormatted(Html html) => text.Append(html.Text);

        public void AppendFormatted(string? value) => text.Append(HtmlEncoder.Default.Encode(value ?? ""));

        internal Html ToHtml() => new(text.ToString());
    }
}
