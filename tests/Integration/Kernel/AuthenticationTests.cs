using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Integration.Kernel;

[Collection<KernelCollection>]
public sealed class AuthenticationTests(KernelDesk desk)
{
    private const string Tenant = "default";
    private static readonly Guid User = Guid.Parse("01930000-0000-7000-8000-0000000000a2");

    [Fact]
    public async Task A_token_of_a_living_session_opens_the_account()
    {
        using var answer = await AskAsync(await desk.Sessions.SignInAsync(Tenant, User));

        Assert.Equal("user@example.com", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["email"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer")]
    public async Task Without_a_bearer_token_nobody_is_let_in(string header)
    {
        using var client = desk.Apps.Client(FunctionApp.Users, Tenant);
        if (header.Length > 0)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        using var answer = await client.GetAsync("v1/me");

        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "TOKEN_MISSING");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA")]
    [InlineData("....")]
    [InlineData("a.b.c.d.e")]
    [InlineData("eyJhbGciOiJFUzI1NiIsImtpZCI6NX0.e30.AAAA")]
    [InlineData("W10.W10.AAAA")]
    [InlineData("bnVsbA.bnVsbA.AAAA")]
    [InlineData("eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.")]
    public async Task Garbage_is_no_token(string token) => await RefusedAsync(token);

    [Fact]
    public async Task A_token_cut_or_changed_by_one_letter_is_refused()
    {
        var token = await desk.Sessions.SignInAsync(Tenant, User);
        var parts = token.Split('.');
        var otherUser = parts[1].Replace(parts[1][20], parts[1][20] == 'A' ? 'B' : 'A');

        await RefusedAsync(token[..^2]);
        await RefusedAsync($"{parts[0]}.{otherUser}.{parts[2]}");
        await RefusedAsync($"{parts[0]}.{parts[1]}.");
    }

    [Fact]
    public async Task An_unsigned_token_is_refused()
    {
        var token = await desk.Sessions.SignInAsync(Tenant, User);
        foreach (var algorithm in new[] { "none", "None", "" })
        {
            var header = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{desk.Sessions.Key.Id}}"}""");
            await RefusedAsync($"{header}.{token.Split('.')[1]}.");
            await RefusedAsync($"{header}.{token.Split('.')[1]}.{token.Split('.')[2]}");
        }
    }

    [Fact]
    public async Task A_token_signed_with_the_public_key_as_a_password_is_refused()
    {
        var point = Convert.ToBase64String(desk.Sessions.Key.PublicKey);
        var pem = Encoding.UTF8.GetBytes($"-----BEGIN PUBLIC KEY-----\n{point}\n-----END PUBLIC KEY-----\n");
        foreach (var secret in new[] { desk.Sessions.Key.PublicKey, pem })
            await RefusedAsync(await ForgeAsync(token => token.SigningCredentials = Symmetric(secret)));
    }

    [Fact]
    public async Task A_token_of_an_unknown_key_is_refused()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var unknown = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = "0123456789abcdef" }, SecurityAlgorithms.EcdsaSha256);
        var impostor = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = desk.Sessions.Key.Id }, SecurityAlgorithms.EcdsaSha256);

        await RefusedAsync(await ForgeAsync(token => token.SigningCredentials = unknown));
        await RefusedAsync(await ForgeAsync(token => token.SigningCredentials = impostor));
    }

    [Fact]
    public async Task A_token_made_for_another_purpose_is_refused()
    {
        await RefusedAsync(await ForgeAsync(token => token.TokenType = "JWT"));
        await RefusedAsync(await ForgeAsync(token => token.Issuer = "somebody-else"));
        await RefusedAsync(await ForgeAsync(token => token.Audience = "another-product"));
        await RefusedAsync(await ForgeAsync(token => token.Claims["tenantId"] = "../default"));
        await RefusedAsync(await ForgeAsync(token => token.Claims["sid"] = "everybody"));
        await RefusedAsync(await ForgeAsync(token => token.Claims.Remove("sub")));
        await RefusedAsync(await ForgeAsync(token => token.Expires = null));
        await RefusedAsync(await ForgeAsync(token => token.NotBefore = token.NotBefore!.Value.AddMinutes(10)));
    }

    [Fact]
    public async Task A_token_ends_when_its_time_is_over_even_if_it_was_seen_before()
    {
        var seen = await ForgeAsync(token => token.Expires = token.IssuedAt!.Value.AddMinutes(2));
        var unseen = await ForgeAsync(token => token.Expires = token.IssuedAt!.Value.AddMinutes(2));
        using (var answer = await AskAsync(seen))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await RefusedAsync(seen);
        await RefusedAsync(unseen);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_with_the_next_request()
    {
        using var anonymous = desk.Apps.Client(FunctionApp.Users, Tenant);
        using var signedIn = await anonymous.PostAsJsonAsync(
            "v1/auth/login", new { login = "user@example.com", password = "Demo-user-2026" });
        var token = (string)JsonNode.Parse(await signedIn.Content.ReadAsStringAsync())!["accessToken"]!;
        using var user = desk.Apps.Client(FunctionApp.Users, Tenant, token);
        using var elsewhere = desk.Apps.Client(FunctionApp.Billing, Tenant, token);
        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("v1/invoices")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await user.PostAsync("v1/auth/logout", null)).StatusCode);

        await Problem.AssertAsync(await user.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
        await Problem.AssertAsync(await elsewhere.GetAsync("v1/invoices"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
    }

    [Fact]
    public async Task A_session_serves_only_the_user_who_opened_it()
    {
        var token = await desk.Sessions.SignInAsync(
            Tenant, User, change: forged => forged.Claims["sub"] = "01930000-0000-7000-8000-0000000000a1");

        await Problem.AssertAsync(await AskAsync(token), HttpStatusCode.Unauthorized, "SESSION_ENDED");
    }

    [Fact]
    public async Task A_service_token_is_no_user_token()
    {
        var token = desk.Sessions.ServiceToken(ServiceIdentity.Billing, ServiceIdentity.Users);

        await Problem.AssertAsync(await AskAsync(token), HttpStatusCode.Forbidden, "USER_REQUIRED");
    }

    [Fact]
    public async Task A_service_token_for_another_service_is_refused() =>
        await RefusedAsync(desk.Sessions.ServiceToken(ServiceIdentity.Billing, ServiceIdentity.Payments));

    [Fact]
    public async Task A_service_token_ends_after_five_minutes()
    {
        var token = desk.Sessions.ServiceToken(ServiceIdentity.Payments, ServiceIdentity.Billing);
        using var service = desk.Apps.Client(FunctionApp.Billing, Tenant, token);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("v1/invoices")).StatusCode);

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(6));

        await Problem.AssertAsync(await service.GetAsync("v1/invoices"), HttpStatusCode.Unauthorized, "TOKEN_INVALID");
    }

    [Fact]
    public async Task A_user_without_the_permission_is_told_so()
    {
        using var client = await desk.NewUserAsync(FunctionApp.Billing, Tenant);
        using var answer = await client.PostAsJsonAsync($"v1/invoices/{Guid.CreateVersion7()}/cancel", new { reason = "no" });

        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "PERMISSION_DENIED");
    }

    private static SigningCredentials Symmetric(byte[] secret) => new(new SymmetricSecurityKey(secret), SecurityAlgorithms.HmacSha256);

    // The session lives, so that only the token's own faults can be the reason.
    private Task<string> ForgeAsync(Action<SecurityTokenDescriptor> change) => desk.Sessions.SignInAsync(Tenant, User, change: change);

    private async Task RefusedAsync(string token) =>
        await Problem.AssertAsync(await AskAsync(token), HttpStatusCode.Unauthorized, "TOKEN_INVALID");

    private async Task<HttpResponseMessage> AskAsync(string token)
    {
        using var client = desk.Apps.Client(FunctionApp.Users, Tenant);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await client.GetAsync("v1/me");
    }
}
