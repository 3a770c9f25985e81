using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Kernel;

[Collection<KernelCollection>]
public sealed class RequestBodyTests(KernelDesk desk)
{
    private const string Complete = """ "email":"a@example.com","username":"abc","password":"a long walk by the sea" """;

    [Theory]
    [InlineData("", "INVALID_JSON")]
    [InlineData("{", "INVALID_JSON")]
    [InlineData("{} {}", "INVALID_JSON")]
    [InlineData("{\"email\":}", "INVALID_JSON")]
    [InlineData("{'email':'a'}", "INVALID_JSON")]
    [InlineData("null", "INVALID_JSON")]
    [InlineData("[]", "WRONG_TYPE")]
    [InlineData("\"text\"", "WRONG_TYPE")]
    [InlineData("{\"email\":5}", "WRONG_TYPE")]
    [InlineData("{\"email\":{}}", "WRONG_TYPE")]
    [InlineData("{\"email\":\"a@example.com\",\"isAdmin\":true}", "UNKNOWN_MEMBER")]
    [InlineData("{\"email\":\"a@example.com\",\"email\":\"b@example.com\"}", "DUPLICATE_MEMBER")]
    [InlineData("{\"email\":\"a@example.com\",\"EMAIL\":\"b@example.com\"}", "DUPLICATE_MEMBER")]
    public async Task What_is_not_the_object_asked_for_is_refused(string body, string code) =>
        await Problem.AssertAsync(await RegisterAsync(body), HttpStatusCode.BadRequest, code);

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"a\\u0000b\"")]
    [InlineData("\"a\\\\\\u0000b\"")]
    public async Task Letters_that_no_text_can_hold_are_refused(string firstName)
    {
        foreach (var key in new[] { null, Guid.CreateVersion7().ToString() })
        {
            var answer = await RegisterAsync($$"""{{{Complete}},"firstName":{{firstName}}}""", key: key);

            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{key}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Theory]
    [InlineData("v1/users?search=a%00b")]
    [InlineData("v1/audit-log?action=%00")]
    [InlineData("v1/audit-log?nobody_knows=%00")]
    public async Task U0000_in_a_query_is_refused(string path)
    {
        using var client = await desk.NewUserAsync(FunctionApp.Users, await desk.NewTenantAsync(), "*");

        await Problem.AssertAsync(await client.GetAsync(path), HttpStatusCode.BadRequest, "INVALID_TEXT");
    }

    [Fact]
    public async Task A_backslash_before_u0000_is_text_like_any_other()
    {
        using var answer = await RegisterAsync($$"""{{{Complete}},"firstName":"a\\u0000b"}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Letters_that_no_name_of_a_member_can_hold_are_refused()
    {
        foreach (var key in new[] { null, Guid.CreateVersion7().ToString() })
        {
            var answer = await RegisterAsync($$"""{{{Complete}},"\ud800":1}""", key: key);

            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{key}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        using var content = new ByteArrayContent([(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(content)).StatusCode);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(100_000)]
    public async Task A_body_nested_too_deeply_is_refused(int depth)
    {
        var nested = new string('[', depth) + new string(']', depth);
        foreach (var body in new[] { nested, $$"""{"firstName":{{nested}}}""", $$"""{"unknown":{{nested}}}""" })
        {
            using var answer = await RegisterAsync(body, key: Guid.CreateVersion7().ToString());

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Problem.AssertNoInsides(await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_300_kB_is_too_large(bool saysItsLength)
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"firstName":"{{new string('x', 300 * 1024)}}"}""");
        using var content = new StreamContent(new Unmeasured(bytes));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentLength = saysItsLength ? bytes.Length : null;

        await Problem.AssertAsync(await SendAsync(content), HttpStatusCode.RequestEntityTooLarge, "BODY_TOO_LARGE");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_in_chunks_is_read_like_any_other(bool withKey)
    {
        var name = $"u{Guid.CreateVersion7():N}";
        var text = $$"""{"email":"{{name}}@example.com","username":"{{name}}","password":"a long walk by the sea","firstName":"{{new string('é', 20)}}"}""";
        using var content = new StreamContent(new Unmeasured(Encoding.UTF8.GetBytes(text)), bufferSize: 7);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(content, withKey ? name : null);

        Assert.Null(content.Headers.ContentLength);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonx")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData(null)]
    public async Task Another_media_type_is_refused(string? type) => await Problem.AssertAsync(
        await RegisterAsync($$"""{{{Complete}}}""", type), HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("Application/JSON")]
    public async Task The_media_type_may_say_what_is_true_anyway(string type) =>
        await Problem.AssertAsync(await RegisterAsync("{}", type), HttpStatusCode.BadRequest, "VALIDATION_FAILED");

    [Fact]
    public async Task Missing_members_are_named_as_the_caller_writes_them()
    {
        var problem = await Problem.AssertAsync(await RegisterAsync("{}"), HttpStatusCode.BadRequest, "VALIDATION_FAILED");

        Assert.Equal(["email", "password", "username"], problem["errors"]!.AsObject().Select(error => error.Key).Order());
    }

    [Fact]
    public async Task An_unknown_member_is_named()
    {
        var problem = await Problem.AssertAsync(
            await RegisterAsync($$"""{{{Complete}},"isAdmin":true}"""), HttpStatusCode.BadRequest, "UNKNOWN_MEMBER");

        Assert.Equal(["isAdmin"], problem["errors"]!.AsObject().Select(error => error.Key));
    }

    private async Task<HttpResponseMessage> RegisterAsync(string body, string? type = "application/json", string? key = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return await SendAsync(content, key);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContent content, string? key = null)
    {
        using var client = desk.Apps.Client(FunctionApp.Users);
        if (key is not null)
            client.DefaultRequestHeaders.Add("Idempotency-Key", key);
        return await client.PostAsync("v1/auth/register", content);
    }

    // A stream whose length is not known beforehand is sent in chunks.
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
