using System.Globalization;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>Draws the hosted page.</summary>
internal static class PayPageHtml
{
    private const int PollWhilePaying = 1000;
    private const int PollOtherwise = 5000;
    private const int RefreshWithoutScripts = 3;

    public static Page Of(PayPage page)
    {
        var words = PayWords.In(page.Locale);
        var document = DocumentWords.In(page.Locale);
        var isMoving = page.Step is PayStep.Pay or PayStep.Prepare or PayStep.Confirm;
        return new Page(words.Locale, $"{document.Invoice} {page.Document.Number}", Body(page, words, document, isMoving))
        {
            RefreshSeconds = isMoving ? RefreshWithoutScripts : null,
            PictureOrigin = Uri.TryCreate(page.Payment?.Instructions?.QrUrl, UriKind.Absolute, out var picture) ? picture.GetLeftPart(UriPartial.Authority) : null,
        };
    }

    /// <summary>A page that tells one thing and shows nothing of any invoice.</summary>
    public static Page Telling(PayWords words, string title, string text, int status, int? refresh = null) =>
        new(words.Locale, title, Html.Of($"""<main><h1>{title}</h1><p class="banner">{text}</p></main>"""))
        {
            Status = status,
            RefreshSeconds = refresh,
        };

    private static Html Body(PayPage page, PayWords words, DocumentWords document, bool isMoving) => Html.Of($"""
        <main data-status="{PayPage.StatusOf(page.Invoice)}" data-step="{PayPage.NameOf(page.Step)}" data-poll="{page.Token}/status" data-every="{Number(isMoving ? PollWhilePaying : PollOtherwise)}">
        <div class="top">{Seller(page)}<a href="?lang={words.OtherLocale}" lang="{words.OtherLocale}">{words.OtherLanguage}</a></div>
        <p class="quiet">{document.Invoice} {page.Document.Number}</p>
        <p class="amount">{document.Money(page.Document.State == DocumentState.Open ? page.Document.Due : page.Document.Total)}</p>
        {DueDate(page, words, document)}
        {Notice(page)}
        {Step(page, words, document)}
        <details{(page.Step is PayStep.Paid or PayStep.Cancelled ? new Html(" open") : Html.Nothing)}><summary>{words.Details}</summary>{InvoiceHtml.Of(page.Document, document, page.Logo)}</details>
        <p class="links"><a href="{page.Token}/pdf?lang={words.Locale}">{words.Pdf}</a></p>
        </main>
        """);

    private static Html Seller(PayPage page) => page.Logo is { } logo
        ? Html.Of($"""<img class="logo" alt="{page.Document.Seller.Name}" src="data:{logo.MediaType};base64,{Convert.ToBase64String(logo.Bytes)}">""")
        : Html.Of($"""<p class="name">{page.Document.Seller.Name}</p>""");

    private static Html DueDate(PayPage page, PayWords words, DocumentWords document) =>
        page.Document is { State: DocumentState.Open, DueAt: { } due }
            ? Html.Of($"""<p class="quiet">{Filled(words.Due, document.Day(due))}</p>""")
            : Html.Nothing;

    private static Html Notice(PayPage page) =>
        page.Notice is { } notice ? Html.Of($"""<p class="banner bad" role="alert">{notice}</p>""") : Html.Nothing;

    private static Html Step(PayPage page, PayWords words, DocumentWords document) => page.Step switch
    {
        PayStep.Paid => Banner("good", words.Paid, words.PaidText),
        PayStep.Cancelled => Banner("bad", words.Cancelled, words.CancelledText),
        PayStep.Confirm => Banner("good", words.Confirming, words.ConfirmingText),
        PayStep.Prepare => Html.Of($"""
            {Banner("", words.Preparing, words.PreparingText)}
            {TryAgain(page, page.Payment!, words)}
            """),
        PayStep.Pay => Instructions(page, page.Payment!, words, document),
        _ => Choice(page, words),
    };

    // A press asks for all that is due: of a part, or of what was due before, it would make nothing.
    private static Html TryAgain(PayPage page, PagePayment payment, PayWords words) =>
        payment.Press is { } method && payment.Amount == page.Invoice.Due
            ? Form(words, Html.Of($"""<button name="method" value="{method.Value}">{words.TryAgain}</button>"""))
            : Html.Nothing;

    private static Html Banner(string kind, string title, string text) =>
        Html.Of($"""<p class="banner {kind}" role="status"><strong>{title}</strong>{text}</p>""");

    private static Html Choice(PayPage page, PayWords words)
    {
        if (page.Methods.Count == 0)
            return Html.Of($"""<p class="banner">{words.NotPayable}</p>""");
        var groups = page.Methods.GroupBy(method => method.Bank is not null ? words.Transfer : method.IsShop ? words.Shops : words.Wallets);
        return Form(words, Html.Of($"""
            <h2>{words.Choose}</h2>
            {Html.Join(groups.Select(group => Html.Of($"""
                <p class="quiet">{group.Key}</p>
                <div class="methods">{Html.Join(group.Select(Button))}</div>
                """)))}
            """));
    }

    private static Html Button(PayMethod method) => Html.Of($"""<button name="method" value="{method.Value}">{method.Name}</button>""");

    // Without an address of its own a form is sent to the page itself, whatever stands before its path.
    private static Html Form(PayWords words, Html content) => Html.Of($"""<form method="post" action="?lang={words.Locale}">{content}</form>""");

    private static Html Instructions(PayPage page, PagePayment payment, PayWords words, DocumentWords document)
    {
        var how = payment.Instructions!;
        var name = PayMethod.NameOf(payment.Method, payment.Bank);
        var amount = payment.Charged ?? payment.Amount;
        return Html.Of($"""
            {Banner("", words.Waiting, words.WaitingText)}
            <h2>{Filled(words.PayBy, name)}</h2>
            {Qr(how, words)}
            {Open(how.DeeplinkUrl, Filled(words.OpenApp, name))}
            {Open(how.RedirectUrl, Filled(words.Continue, name))}
            {Field(words.BillerCode, how.BillerCode, how.BillerCode, words)}
            {Field(words.BillKey, how.BillKey, how.BillKey, words)}
            {Field(words.VaNumber, how.VaNumber, how.VaNumber, words)}
            {Field(words.PaymentCode, how.PaymentCode, how.PaymentCode, words)}
            {Field(words.AmountToPay, document.Money(amount), amount.Amount.ToString(CultureInfo.InvariantCulture), words)}
            {Hint(how, words)}
            {Expiry(page, payment, words)}
            {Form(words, Html.Of($"""<button class="plain" name="method" value="">{words.Change}</button>"""))}
            """);
    }

    private static Html Qr(PaymentInstructionsView how, PayWords words) => how.QrUrl is { } url
        ? Html.Of($"""<img class="qr" src="{url}" alt="QR" width="240" height="240"><p class="quiet">{words.Scan}</p>""")
        : Html.Nothing;

    private static Html Open(string? url, string label) => url is not null && IsHarmless(url)
        ? Html.Of($"""<p><a class="button first" href="{url}" rel="noreferrer">{label}</a></p>""")
        : Html.Nothing;

    private static Html Field(string label, string? shown, string? copied, PayWords words) => shown is null
        ? Html.Nothing
        : Html.Of($"""
            <div class="field"><div><p class="quiet">{label}</p><p class="code">{shown}</p></div>
            <button class="small" type="button" hidden data-copy="{copied}" data-done="{words.Copied}">{words.Copy}</button></div>
            """);

    private static Html Hint(PaymentInstructionsView how, PayWords words) => how switch
    {
        { VaNumber: not null } or { BillKey: not null } => Html.Of($"""<p class="quiet">{words.InYourBank}</p>"""),
        { PaymentCode: not null } => Html.Of($"""<p class="quiet">{words.AtCounter}</p>"""),
        _ => Html.Nothing,
    };

    private static Html Expiry(PayPage page, PagePayment payment, PayWords words)
    {
        if (payment.ExpiresAt is not { } end)
            return Html.Nothing;
        var local = DateFormat.Instant(TimeZoneInfo.ConvertTime(end, page.Zone), page.Locale);
        var left = Math.Max(0, (long)(end - page.Now).TotalSeconds);
        return Html.Of($"""
            <p class="expiry">{Filled(words.UntilText, local)} {words.TimeLeft} <b data-left="{Number(left)}">{TimeSpan.FromSeconds(left).ToString("g", CultureInfo.InvariantCulture)}</b></p>
            """);
    }

    private static bool IsHarmless(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is not ("javascript" or "data" or "vbscript" or "file");

    private static string Filled(string text, string value) => string.Format(CultureInfo.InvariantCulture, text, value);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
