using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.HostedPages;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.Statements;

/// <summary>A statement as a page.</summary>
internal static class StatementHtml
{
    public static Page Of(Statement statement, string locale, string seller)
    {
        var words = DocumentWords.In(locale);
        var isIndonesian = DateFormat.IsIndonesian(locale);
        var title = isIndonesian ? "Rekening koran" : "Statement";
        return new Page(words.Locale, title, Html.Of($"""
            <article class="document">
            <header><p class="name">{seller}</p><div class="title"><h1>{title}</h1><p>{Day(statement.From, words)} – {Day(statement.To, words)}</p></div></header>
            {Table(statement.Owed, words, isIndonesian, isIndonesian ? "Tagihan dan pembayaran" : "Invoices and payments")}
            {Table(statement.Credit, words, isIndonesian, isIndonesian ? "Saldo kredit" : "Credit balance")}
            </article>
            """));
    }

    private static Html Table(Account account, DocumentWords words, bool isIndonesian, string title)
    {
        var (opening, closing, balance) = isIndonesian ? ("Saldo awal", "Saldo akhir", "Saldo") : ("Opening balance", "Closing balance", "Balance");
        return Html.Of($"""
            <h2>{title}</h2>
            <table class="lines">
            <thead><tr><th>{words.Description}</th><th>{words.Issued}</th><th>{words.Amount}</th><th>{balance}</th></tr></thead>
            <tbody><tr><td>{opening}</td><td></td><td></td><td data-label="{balance}">{words.Money(account.Opening)}</td></tr>
            {Html.Join(account.Entries.Select(entry => Html.Of($"""
                <tr><td>{StatementWords.Of(entry.Kind, isIndonesian)} {entry.Number}</td><td data-label="{words.Issued}">{words.Day(entry.At)}</td>
                <td data-label="{words.Amount}">{words.Money(entry.Amount)}</td><td data-label="{balance}">{words.Money(entry.Balance)}</td></tr>
                """)))}
            <tr><td><strong>{closing}</strong></td><td></td><td></td><td data-label="{balance}"><strong>{words.Money(account.Closing)}</strong></td></tr></tbody>
            </table>
            """);
    }

    private static string Day(DateOnly day, DocumentWords words) => words.Day(new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
}
