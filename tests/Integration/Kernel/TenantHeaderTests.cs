using System.Net;
using System.Net.Sockets;
using System.Text;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Kernel;

[Collection<KernelCollection>]
public sealed class TenantHeaderTests(KernelDesk desk)
{
    private const string Path = "/v1/invoices";

    private static readonly string TenKilobytes = new('a', 10 * 1024);

    [Fact]
    public async Task A_request_that_names_no_tenant_is_refused() =>
        await RefusedAsync(await SendAsync(Path), HttpStatusCode.BadRequest, "MISSING_TENANT_ID");

    [Fact]
    public async Task An_anonymous_request_without_a_tenant_speaks_for_the_default_one()
    {
        using var client = desk.Apps.Client(FunctionApp.Subscriptions, tenant: null);
        using var answer = await client.GetAsync("v1/tiers");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/v1/tiers?tenant_id=")]
    [InlineData("/v1/tiers?tenant_id=../default")]
    public async Task An_anonymous_request_that_names_a_malformed_tenant_is_refused_all_the_same(string path)
    {
        using var client = desk.Apps.Client(FunctionApp.Subscriptions, tenant: null);

        await RefusedAsync(await client.GetAsync(path), HttpStatusCode.BadRequest, "INVALID_TENANT_ID");
    }

    public static TheoryData<string, string> MalformedHeaders => new()
    {
        { "empty", "" },
        { "white space", "  " },
        { "two in one", "default,acme" },
        { "10 kB", TenKilobytes },
        { "one letter too long", new string('a', 51) },
        { "a path", "../default" },
        { "percent-encoded", "default%0a" },
        { "a wild card of ours", "*" },
        { "a quote", "default'" },
        { "inner space", "def ault" },
        { "tab", "def\tault" },
        { "Cyrillic letters that look alike", "dеfаult" },
        { "full-width letters", "ｄｅｆａｕｌｔ" },
        { "digits of another script", "tenant٣" },
        { "invisible letter", "de\u200bfault" },
    };

    [Theory]
    [MemberData(nameof(MalformedHeaders))]
    public async Task A_malformed_header_is_refused(string what, string value)
    {
        var (status, text) = await SendRawAsync($"X-Tenant-ID: {value}\r\n");

        Assert.True(status == 400, $"{what}: {text}");
        Assert.Contains("INVALID_TENANT_ID", text);
        Assert.Contains("application/problem+json", text);
        Problem.AssertNoInsides(text);
    }

    // What is no HTTP at all is refused by the server before any function sees it.
    [Theory]
    [InlineData("X-Tenant-ID: def\0ault\r\n")]
    [InlineData("X-Tenant-ID: default\0\r\n")]
    [InlineData("X-Tenant-ID: def\rault\r\n")]
    [InlineData("X-Tenant-ID: def\nault\r\n")]
    [InlineData("X-Tenant-ID: def\r\nault\r\n")]
    [InlineData("X-Tenant-ID: def\r\n ault\r\n")]
    [InlineData("X-Tenant-ID : default\r\n")]
    public async Task A_header_that_breaks_the_protocol_is_refused(string header)
    {
        var (status, text) = await SendRawAsync(header);

        Assert.True(status == 400, text);
        Problem.AssertNoInsides(text);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("default")]
    public async Task A_smuggled_second_header_is_refused_even_when_it_says_the_same(string second)
    {
        var (status, text) = await SendRawAsync($"X-Tenant-ID: default\r\nX-Tenant-ID: {second}\r\n");

        Assert.Equal(400, status);
        Assert.Contains("INVALID_TENANT_ID", text);
    }

    [Fact]
    public async Task Header_and_query_must_name_the_same_tenant()
    {
        await RefusedAsync(await SendAsync(Path + "?tenant_id=acme", "default"), HttpStatusCode.BadRequest, "INVALID_TENANT_ID");
        await RefusedAsync(await SendAsync(Path + "?tenant_id=Default", "default"), HttpStatusCode.BadRequest, "INVALID_TENANT_ID");
        await RefusedAsync(await SendAsync(Path + "?tenant_id=default", "default"), HttpStatusCode.Unauthorized, "TOKEN_MISSING");
    }

    [Theory]
    [InlineData("")]
    [InlineData("default%0A")]
    [InlineData("default%0D%0AX-Admin:1")]
    [InlineData("default%00")]
    [InlineData("%2e%2e%2fdefault")]
    [InlineData("d%D0%B5fault")]
    [InlineData("default&tenant_id=acme")]
    [InlineData("default&tenant_id=default")]
    public async Task A_malformed_query_is_refused(string value) =>
        await RefusedAsync(await SendAsync($"{Path}?tenant_id={value}"), HttpStatusCode.BadRequest, "INVALID_TENANT_ID");

    [Fact]
    public async Task The_query_alone_may_name_the_tenant()
    {
        var tenant = await desk.NewTenantAsync();
        using var client = desk.Apps.Client(FunctionApp.Billing, null, await desk.Sessions.SignInAsync(tenant, Guid.CreateVersion7()));
        using var answer = await client.GetAsync($"{Path}?tenant_id={tenant}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_unknown_tenant_is_not_found() =>
        await RefusedAsync(await SendAsync(Path, "nobody-knows-it"), HttpStatusCode.NotFound, "TENANT_NOT_FOUND");

    [Fact]
    public async Task Tenants_are_compared_as_written() =>
        await RefusedAsync(await SendAsync(Path, "DEFAULT"), HttpStatusCode.NotFound, "TENANT_NOT_FOUND");

    [Fact]
    public async Task A_suspended_tenant_is_shut_out_with_a_valid_token_too()
    {
        var tenant = await desk.NewTenantAsync(status: "suspended");
        using var client = await desk.NewUserAsync(FunctionApp.Billing, tenant);

        await RefusedAsync(await client.GetAsync(Path), HttpStatusCode.Forbidden, "TENANT_SUSPENDED");
    }

    [Fact]
    public async Task The_token_of_another_tenant_opens_nothing()
    {
        var own = await desk.NewTenantAsync();
        var other = await desk.NewTenantAsync();
        var token = await desk.Sessions.SignInAsync(own, Guid.CreateVersion7(), ["*"]);
        using var client = desk.Apps.Client(FunctionApp.Billing, other, token);

        await RefusedAsync(await client.GetAsync(Path), HttpStatusCode.Forbidden, "TENANT_MISMATCH");
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        using (answer)
            await Problem.AssertAsync(answer, status, code);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? tenant = null)
    {
        using var client = desk.Apps.Client(FunctionApp.Billing, tenant);
        return await client.GetAsync(path);
    }

    // HttpClient sends nothing malformed, so this is written by hand.
    private async Task<(int Status, string Text)> SendRawAsync(string header)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", desk.Apps.Endpoints.Ports.Of(FunctionApp.Billing));
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"GET {Path} HTTP/1.1\r\nHost: localhost\r\n{header}Connection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
        return (int.Parse(text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), text);
    }
}
