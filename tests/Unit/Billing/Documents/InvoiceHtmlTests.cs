using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.HostedPages;

namespace ServerlessBusiness.Tests.Unit.Billing.Documents;

public sealed class InvoiceHtmlTests
{
    [Fact]
    public void Whatever_is_put_into_a_page_is_encoded()
    {
        const string evil = "<script>alert(\"1\")</script>' onerror='x";
        var document = Sample.Of("en", Sample.Rupiah(1)) with { Number = evil, Customer = evil, Seller = new Seller(evil, [evil], evil, evil) };
        var html = InvoiceHtml.Page(document, null).Body.Text;

        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("' onerror", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_runs_nothing_but_its_own_script_and_tells_nobody_its_address()
    {
        var http = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        await new PageResult(InvoiceHtml.Page(Sample.Of("id", Sample.Rupiah(1)), null)).ExecuteAsync(http);
        var policy = http.Response.Headers.ContentSecurityPolicy.ToString();

        Assert.Matches("default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+';", policy);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(("same-origin", "no-store"), (http.Response.Headers["Referrer-Policy"].ToString(), http.Response.Headers.CacheControl.ToString()));
        http.Response.Body.Position = 0;
        var html = await new StreamReader(http.Response.Body).ReadToEndAsync();
        Assert.DoesNotMatch(@"\son[a-z]+=|\sstyle=|javascript:", html);
        Assert.Contains("<html lang=\"id\">", html, StringComparison.Ordinal);
    }
}
