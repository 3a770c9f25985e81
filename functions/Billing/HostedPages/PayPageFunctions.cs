using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Time;

namespace ServerlessBusiness.Billing.HostedPages;

/// <param name="Step">Where the page stands, when it was asked for: choose, prepare, pay, confirm, paid or cancelled.</param>
public sealed record PayStatusView(string Status, string? Step = null);

/// <summary>The page that the links of messages open. It is read and pressed by people who have not signed in: the link is their key.</summary>
public sealed class PayPageFunctions(
    SignedLinks links, ReadPayPage pages, ChooseMethod choose, LinkDocument document, RateLimiter limiter, Caller caller,
    IOptions<DocumentOptions> options)
{
    private const string Route = "v1/pay/{token}";
    private const int MaxForm = 2048;

    // Of one link, since thousands of phones may share an address. A page that is open asks every second, and Payments every fourth time.
    private const int ReadsPerMinute = 1200;
    private const int StepsPerMinute = 120;
    private const int PdfsPerMinute = 60;
    private const int PressesPerMinute = 60;

    // Of one address: tokens that we have not signed.
    private const int GuessesPerMinute = 1200;

    [Function("ShowPayPage"), Anonymous(NeedsTenant = false), Answers("text/html"), Summary("The page of an invoice's link.")]
    [Query("lang", typeof(string), "en or id.")]
    public async Task<PageResult> Show(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route)] HttpRequest request, string token, CancellationToken cancellationToken)
    {
        try
        {
            var opened = await OpenAsync(token, "pay-read", ReadsPerMinute, cancellationToken);
            return new PageResult(await PageAsync(request, token, opened, notice: null, status: 200, cancellationToken));
        }
        catch (ProblemException refusal) when (refusal.Status == StatusCodes.Status429TooManyRequests)
        {
            return new PageResult(TooMany(request, refusal));
        }
    }

    [Function("PressPayPage"), Anonymous(NeedsTenant = false), Answers("text/html"), Summary("Takes the page's form: `method` is the way to pay.")]
    [Query("lang", typeof(string), "en or id.")]
    public async Task<PageResult> Press(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Route)] HttpRequest request, string token, CancellationToken cancellationToken)
    {
        try
        {
            var opened = await OpenAsync(token, "pay", PressesPerMinute, cancellationToken);
            RefuseForeign(request);
            var value = await MethodOfAsync(request, cancellationToken);
            if (opened is { Tenant: { } tenant, Invoice: { IsPayable: true } invoice })
                await choose.RunAsync(tenant.Id, invoice, value, AddressOf(token, request), cancellationToken);
            // The browser asks for the page anew, so that a reload presses nothing. 303 whatever the method was.
            request.HttpContext.Response.Headers.Location = AddressOf(token, request);
            return new PageResult(new Page("en", "", Html.Nothing) { Status = 303 });
        }
        catch (ProblemException refusal) when (refusal.Status == StatusCodes.Status429TooManyRequests)
        {
            return new PageResult(TooMany(request, refusal));
        }
        catch (Exception exception) when (exception is ProblemException or ServiceUnavailableException)
        {
            var words = PayWords.In(LocaleOf(request, "en"));
            var opened = await pages.OpenAsync(LinkOf(token), cancellationToken);
            return new PageResult(await PageAsync(request, token, opened, NoticeOf(exception, words), StatusOf(exception), cancellationToken));
        }
    }

    [Function("ReadPayStatus"), Anonymous(NeedsTenant = false), Summary("Whether the invoice of a link is open, paid or cancelled.")]
    [Query("step", typeof(string), "Anything: say also what can be done, which takes a question to Payments.")]
    public async Task<Ok<PayStatusView>> Status(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/status")] HttpRequest request, string token,
        CancellationToken cancellationToken)
    {
        var asksStep = request.Query.ContainsKey("step");
        var opened = asksStep
            ? await OpenAsync(token, "pay-step", StepsPerMinute, cancellationToken)
            : await OpenAsync(token, "pay-read", ReadsPerMinute, cancellationToken);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (opened is not { Tenant: { } tenant, Invoice: { } invoice })
            throw ProblemException.NotFound("UNKNOWN_INVOICE_LINK", "This link does not work, or no longer.");
        var step = asksStep ? await pages.FindStepAsync(tenant.Id, invoice, cancellationToken) : null;
        return TypedResults.Ok(new PayStatusView(PayPage.StatusOf(invoice), step is { } known ? PayPage.NameOf(known) : null));
    }

    [Function("ReadPayPdf"), Anonymous(NeedsTenant = false), Answers("text/html"), Summary("Leads to the PDF of an invoice's link.")]
    [Query("lang", typeof(string), "en or id.")]
    public async Task<Results<RedirectHttpResult, PageResult>> Pdf(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Route + "/pdf")] HttpRequest request, string token,
        CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(token, "pay-pdf", PdfsPerMinute, cancellationToken);
        if (opened is not { Tenant: { } tenant, Invoice: { } invoice })
            return new PageResult(Wrong(request, opened));
        try
        {
            var file = await document.RunAsync(
                tenant.Id, StoredDocument.InvoiceKind, invoice.Id, StoredDocument.VersionOf(invoice), cancellationToken);
            return TypedResults.Redirect(file.Url);
        }
        catch (ProblemException problem) when (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            var words = PayWords.In(LocaleOf(request, tenant.Locale));
            request.HttpContext.Response.Headers["Refresh"] = "2";
            return new PageResult(PayPageHtml.Telling(words, words.PdfPreparing, words.PdfPreparingText, problem.Status));
        }
    }

    // Counted before anything is read.
    private async Task<OpenedLink> OpenAsync(string token, string what, int perMinute, CancellationToken cancellationToken)
    {
        var link = LinkOf(token);
        if (link is not null && await limiter.TakeAsync(link.Tenant, $"{what}:{link.Subject:N}", perMinute) is { Allowed: false } taken)
            throw ProblemException.RateLimited(taken.RetryAfter, "of this link");
        if (link is null && caller.Address is { } address
            && await limiter.TakeAsync(address, "pay-guess", GuessesPerMinute) is { Allowed: false } guessed)
            throw ProblemException.RateLimited(guessed.RetryAfter, "from this address");
        return await pages.OpenAsync(link, cancellationToken);
    }

    private SignedLink? LinkOf(string token) => links.Read(SignedLinks.InvoicePage, token);

    private async Task<Page> PageAsync(
        HttpRequest request, string token, OpenedLink opened, string? notice, int status, CancellationToken cancellationToken)
    {
        if (opened is not { Tenant: { } tenant, Invoice: { } invoice })
            return Wrong(request, opened);
        var page = await pages.RunAsync(token, tenant, invoice, LocaleOf(request, tenant.Locale), notice, cancellationToken);
        return PayPageHtml.Of(page) with { Status = status };
    }

    private static Page Wrong(HttpRequest request, OpenedLink opened)
    {
        var words = PayWords.In(LocaleOf(request, opened.Tenant?.Locale ?? "en"));
        return opened.HasExpired
            ? PayPageHtml.Telling(words, words.ExpiredTitle, words.ExpiredText, StatusCodes.Status410Gone)
            : PayPageHtml.Telling(words, words.UnknownTitle, words.UnknownText, StatusCodes.Status404NotFound);
    }

    // Nothing is read for it.
    private static Page TooMany(HttpRequest request, ProblemException refusal)
    {
        var words = PayWords.In(LocaleOf(request, "en"));
        refusal.TellWait(request.HttpContext.Response);
        return PayPageHtml.Telling(words, words.TooManyTitle, words.TooMany, refusal.Status);
    }

    // The link says the language of its message; a reader who came otherwise has told his browser.
    private static string LocaleOf(HttpRequest request, string otherwise)
    {
        if (request.Query["lang"].ToString() is "en" or "id")
            return request.Query["lang"].ToString();
        var accepted = request.Headers.AcceptLanguage.ToString();
        return accepted.Length == 0 ? otherwise : accepted.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? "en"
            : DateFormat.IsIndonesian(accepted.Split(',', ';')[0].Trim()) ? "id" : otherwise;
    }

    private string AddressOf(string token, HttpRequest request) =>
        $"{options.Value.PublicUrl.TrimEnd('/')}/v1/pay/{token}?lang={LocaleOf(request, "en")}";

    // Browsers say which page a form was sent from. Only our own may press.
    private void RefuseForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        var own = new Uri(options.Value.PublicUrl).GetLeftPart(UriPartial.Authority);
        if (origin.Length > 0 ? origin != own : request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
            throw ProblemException.Forbidden("FOREIGN_FORM", "The form was sent from another page.");
    }

    private static async Task<string?> MethodOfAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType || request.ContentType!.StartsWith("multipart", StringComparison.OrdinalIgnoreCase))
            throw new ProblemException(415, "UNSUPPORTED_MEDIA_TYPE", "Send the form as application/x-www-form-urlencoded.");
        var body = await RequestBody.BytesAsync(request, MaxForm, cancellationToken);
        return QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span)).TryGetValue("method", out var method) ? method.ToString() : null;
    }

    private static string NoticeOf(Exception exception, PayWords words) => exception switch
    {
        ServiceUnavailableException => words.Busy,
        ProblemException { Code: "PAYMENT_BEING_PREPARED" } => words.PreparingText,
        ProblemException { Code: "PAYMENT_DECLINED" or "METHOD_NOT_AVAILABLE" } => words.Refused,
        ProblemException { Status: 503 } => words.Busy,
        _ => words.Failed,
    };

    private static int StatusOf(Exception exception) => exception is ProblemException problem ? problem.Status : StatusCodes.Status503ServiceUnavailable;
}
