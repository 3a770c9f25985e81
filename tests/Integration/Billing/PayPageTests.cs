using System.Net;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<FacesCollection>]
public sealed class PayPageTests(FacesDesk desk)
{
    [Fact]
    public async Task The_link_alone_says_whose_invoice_it_is()
    {
        var payer = await desk.WelcomeAsync();
        var (invoice, other) = (await payer.BillAsync(), await payer.BillAsync(7_654_321));
        using var anybody = desk.Anybody();
        anybody.DefaultRequestHeaders.Add("X-Tenant-ID", "default");

        var html = await anybody.GetStringAsync($"v1/pay/{desk.PayToken(payer.Tenant, invoice)}?lang=id&tenant_id=default");
        Assert.Contains("3.833.334", html, StringComparison.Ordinal);
        Assert.DoesNotContain("7.654.321", html, StringComparison.Ordinal);
        Assert.DoesNotContain(other.ToString(), html, StringComparison.Ordinal);
        // An invoice of another tenant under this tenant's name is nobody's.
        using var mixed = await anybody.GetAsync($"v1/pay/{desk.PayToken("default", invoice)}");
        Assert.Equal(HttpStatusCode.NotFound, mixed.StatusCode);
    }

    [Fact]
    public async Task Pressed_twice_it_is_one_charge_and_the_form_leads_back_to_the_page()
    {
        var payer = await desk.WelcomeAsync();
        var path = $"v1/pay/{desk.PayToken(payer.Tenant, await payer.BillAsync())}?lang=en";
        var own = desk.Apps.Endpoints.Url(Local.Stack.FunctionApp.Billing);

        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => PressAsync(path, "bank_transfer:bni", own)));
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.SeeOther, HttpStatusCode.Conflict, HttpStatusCode.ServiceUnavailable }));
        Assert.Contains(answers, answer => answer.Headers.Location?.ToString() == $"{own}/{path}");
        Assert.Single(await desk.QueryAsync<Guid>("select id from payment_management.payment_transactions where tenant_id = @Tenant", new { payer.Tenant }));
    }

    [Theory]
    [InlineData("https://evil.example", "bank_transfer:bni", HttpStatusCode.Forbidden)]
    [InlineData("null", "bank_transfer:bni", HttpStatusCode.Forbidden)]
    [InlineData(null, "credit_card", HttpStatusCode.UnprocessableEntity)]
    [InlineData(null, "gopay", HttpStatusCode.UnprocessableEntity)]
    public async Task A_foreign_page_and_a_method_that_is_not_offered_charge_nothing(string? origin, string method, HttpStatusCode expected)
    {
        var payer = await desk.WelcomeAsync("invoices:*");
        await payer.SendAsync(HttpMethod.Put, "v1/billing-profile", new { legalName = "PT Contoh", locale = "id", methods = new[] { "bank_transfer" } });
        using var answer = await PressAsync($"v1/pay/{desk.PayToken(payer.Tenant, await payer.BillAsync())}", method, origin);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await desk.QueryAsync<Guid>("select id from payment_management.payment_transactions where tenant_id = @Tenant", new { payer.Tenant }));
    }

    [Fact]
    public async Task Links_that_are_changed_or_too_old_show_nothing()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.BillAsync();
        using var anybody = desk.Anybody();
        foreach (var (token, status) in new[]
        {
            (desk.PayToken(payer.Tenant, invoice, desk.Now), HttpStatusCode.Gone),
            (desk.PayToken(payer.Tenant, invoice) + "A", HttpStatusCode.NotFound),
            (desk.PayToken(payer.Tenant, Guid.CreateVersion7()), HttpStatusCode.NotFound),
            (desk.PayToken("nobody-at-all", invoice), HttpStatusCode.NotFound),
        })
        {
            using var answer = await anybody.GetAsync($"v1/pay/{token}");
            Assert.Equal(status, answer.StatusCode);
            Assert.DoesNotContain("3.833.334", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var poll = await anybody.GetAsync($"v1/pay/{token}/status");
            await Problem.AssertAsync(poll, HttpStatusCode.NotFound, "UNKNOWN_INVOICE_LINK");
        }
    }

    [Fact]
    public async Task It_tells_a_page_that_is_open_what_becomes_of_its_payment()
    {
        var payer = await desk.WelcomeAsync();
        var token = desk.PayToken(payer.Tenant, await payer.BillAsync());
        using var anybody = desk.Anybody();
        Assert.Equal("choose", await StepAsync());
        using var pressed = await PressAsync($"v1/pay/{token}?lang=en", "bank_transfer:bni", origin: null);
        await CyclesDesk.WaitForAsync(async () => await StepAsync() == "pay", "There is nothing to pay.");
        var html = await anybody.GetStringAsync($"v1/pay/{token}?lang=en");
        using var withdrawn = await PressAsync($"v1/pay/{token}?lang=en", "", origin: null);
        await CyclesDesk.WaitForAsync(async () => await StepAsync() == "choose", "The page would still show the code.");

        Assert.Contains("data-step=\"pay\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("step\":\"", await anybody.GetStringAsync($"v1/pay/{token}/status"), StringComparison.Ordinal);

        // Null also when a slow machine lets it ask too often.
        async Task<string?> StepAsync()
        {
            using var answer = await anybody.GetAsync($"v1/pay/{token}/status?step=1");
            return (string?)System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["step"];
        }
    }

    [Fact]
    public async Task An_address_guesses_so_many_times_a_minute_and_who_has_a_link_or_another_address_goes_on()
    {
        var payer = await desk.WelcomeAsync();
        var token = desk.PayToken(payer.Tenant, await payer.BillAsync());
        using var anybody = desk.Anybody();
        await UntilTooManyAsync(anybody, "nothing/status", "203.0.113.90");

        Assert.Equal(HttpStatusCode.OK, await ReadAsync(anybody, $"{token}/status", "203.0.113.90"));
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(anybody, "nothing/status", "203.0.113.91"));
    }

    [Fact]
    public async Task A_link_is_used_so_many_times_a_minute_and_others_behind_its_address_go_on()
    {
        var payer = await desk.WelcomeAsync();
        var (token, other) = (desk.PayToken(payer.Tenant, await payer.BillAsync()), desk.PayToken(payer.Tenant, await payer.BillAsync()));
        using var anybody = desk.Anybody();
        await UntilTooManyAsync(anybody, $"{token}/status?step=1", "203.0.113.92");

        Assert.Equal(HttpStatusCode.OK, await ReadAsync(anybody, $"{other}/status?step=1", "203.0.113.92"));
        // What asks no other service has a budget of its own.
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(anybody, $"{token}/status", "203.0.113.92"));
    }

    [Fact]
    public async Task Presses_from_foreign_pages_are_counted_and_too_many_show_nothing_of_the_invoice()
    {
        var payer = await desk.WelcomeAsync();
        var path = $"v1/pay/{desk.PayToken(payer.Tenant, await payer.BillAsync())}?lang=en";
        HttpResponseMessage? refused = null;
        for (var round = 0; refused is null && round < 20; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PressAsync(path, "gopay", "https://evil.example")));
            Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests }));
            refused = answers.FirstOrDefault(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        }

        Assert.True(refused!.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal("text/html", refused.Content.Headers.ContentType!.MediaType);
        var html = await refused.Content.ReadAsStringAsync();
        Assert.Contains("That was a little fast.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("3,833,334", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_leads_to_the_PDF()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.BillAsync();
        await payer.LinkAsync(invoice);
        using var anybody = desk.Anybody();

        using var redirect = await anybody.GetAsync($"v1/pay/{desk.PayToken(payer.Tenant, invoice)}/pdf");
        Assert.Equal(HttpStatusCode.Redirect, redirect.StatusCode);
        Assert.StartsWith("%PDF", await anybody.GetStringAsync(redirect.Headers.Location), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_Payments_is_away_the_invoice_can_be_read()
    {
        var payer = await desk.WelcomeAsync();
        var path = $"v1/pay/{desk.PayToken(payer.Tenant, await payer.BillAsync())}?lang=en";
        await desk.Apps[Local.Stack.FunctionApp.Payments].KillAsync();
        try
        {
            using var anybody = desk.Anybody();
            var html = await anybody.GetStringAsync(path);
            Assert.Contains("The payment service does not answer.", html, StringComparison.Ordinal);
            Assert.Contains("3,833,334", html, StringComparison.Ordinal);
        }
        finally
        {
            await desk.Apps[Local.Stack.FunctionApp.Payments].StartAsync(CancellationToken.None);
        }
    }

    private static async Task UntilTooManyAsync(HttpClient anybody, string path, string address)
    {
        var statuses = new List<HttpStatusCode>();
        while (!statuses.Contains(HttpStatusCode.TooManyRequests) && statuses.Count < 20_000)
            statuses.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ReadAsync(anybody, path, address))));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }

    private static async Task<HttpStatusCode> ReadAsync(HttpClient anybody, string path, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/pay/{path}");
        request.Headers.Add("X-Forwarded-For", address);
        using var answer = await anybody.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> PressAsync(string path, string method, string? origin)
    {
        using var anybody = desk.Anybody();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([new("method", method)]) };
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return await anybody.SendAsync(request);
    }
}
