using ServerlessBusiness.Billing.HostedPages;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>A document as HTML: what the PDF says, for screens.</summary>
internal static class InvoiceHtml
{
    public static Page Page(InvoiceDocument document, Logo? logo)
    {
        var words = DocumentWords.In(document.Locale);
        return new Page(words.Locale, $"{words.Title(document)} {document.Number}", Of(document, words, logo));
    }

    public static Html Of(InvoiceDocument document, DocumentWords words, Logo? logo) => Html.Of($"""
        <article class="document">
        <header>
        {Picture(document, logo)}
        <div class="title"><h1>{words.Title(document)}</h1><p>{document.Number}</p>{Stamp(document, words)}</div>
        </header>
        <div class="parties">
        <address><strong>{document.Seller.Name}</strong>{Html.Join(DocumentFigures.Seller(document, words).Select(line => Html.Of($"<br>{line}")))}</address>
        <dl>{Html.Join(DocumentFigures.Facts(document, words).Append((Label: words.Customer, Value: document.Customer)).Select(fact => Html.Of($"<div><dt>{fact.Label}</dt><dd>{fact.Value}</dd></div>")))}</dl>
        </div>
        <table class="lines">
        <thead><tr><th>{words.Description}</th><th>{words.Quantity}</th><th>{words.UnitPrice}</th><th>{words.Amount}</th></tr></thead>
        <tbody>{Html.Join(document.Lines.Select(line => Line(line, words)))}</tbody>
        </table>
        <dl class="sums">{Html.Join(DocumentFigures.Sums(document, words).Select(sum => Html.Of($"<div><dt>{sum.Label}</dt><dd>{sum.Amount}</dd></div>")))}
        <div class="due"><dt>{DueLabel(document, words)}</dt><dd>{words.Money(document.Kind == DocumentKind.CreditNote ? document.Total : document.Due)}</dd></div></dl>
        </article>
        """);

    private static Html Line(DocumentLine line, DocumentWords words) => Html.Of($"""
        <tr><td>{line.Description}</td><td data-label="{words.Quantity}">{words.Decimal(line.Quantity)}</td>
        <td data-label="{words.UnitPrice}">{words.Money(line.UnitPrice)}</td><td data-label="{words.Amount}">{words.Money(line.Total)}</td></tr>
        """);

    private static Html Picture(InvoiceDocument document, Logo? logo) => logo is null
        ? Html.Of($"""<p class="name">{document.Seller.Name}</p>""")
        : Html.Of($"""<img class="logo" alt="{document.Seller.Name}" src="data:{logo.MediaType};base64,{Convert.ToBase64String(logo.Bytes)}">""");

    private static Html Stamp(InvoiceDocument document, DocumentWords words) => document.State switch
    {
        DocumentState.Paid => Html.Of($"""<p class="stamp paid">{words.PaidStamp}</p>"""),
        DocumentState.Cancelled => Html.Of($"""<p class="stamp cancelled">{words.CancelledStamp}</p>"""),
        _ => Html.Nothing,
    };

    private static string DueLabel(InvoiceDocument document, DocumentWords words) =>
        document.Kind == DocumentKind.CreditNote ? words.AmountCredited : words.AmountDue;
}
