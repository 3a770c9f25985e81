using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Billing.Documents;

namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>Writes a page with a policy under which only our own style and script run, known by their hashes.</summary>
public sealed class PageResult(Page page) : IResult, IStatusCodeHttpResult
{
    private static readonly string Style = Resource("page.css");
    private static readonly string Script = Resource("page.js");
    private static readonly string StyleHash = Hash(Style);
    private static readonly string ScriptHash = Hash(Script);

    public int? StatusCode => page.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = page.Status;
        response.ContentType = "text/html; charset=utf-8";
        var headers = response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src {StyleHash}; script-src {ScriptHash}; connect-src 'self'; img-src data: {page.PictureOrigin}; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        // The address is the key to the page: it is told to nobody, kept nowhere and found by no search.
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        headers["X-Robots-Tag"] = "noindex";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Text()), httpContext.RequestAborted);
    }

    private string Text() => Html.Of($"""
        <!doctype html>
        <html lang="{page.Locale}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{page.Title}</title>
        {Refresh()}<style>{new Html(Style)}</style>
        </head>
        <body>
        {page.Body}
        <script>{new Html(Script)}</script>
        </body>
        </html>
        """).Text;

    private Html Refresh() => page.RefreshSeconds is { } seconds
        ? Html.Of($"""<noscript><meta http-equiv="refresh" content="{seconds.ToString(CultureInfo.InvariantCulture)}"></noscript>{"\n"}""")
        : Html.Nothing;

    private static string Resource(string name)
    {
        using var reader = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded."));
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
}
