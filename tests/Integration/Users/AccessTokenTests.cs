using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class AccessTokenTests(UsersDesk desk)
{
    [Fact]
    public async Task A_token_says_who_for_whom_and_how_long()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.GiveRoleAsync(user, "accountant", "invoices:read");
        var tokens = await desk.SignInAsync(user);

        var token = new JsonWebToken((string)tokens["accessToken"]!);

        Assert.Equal(("ES256", AccessTokenValidator.TokenType), (token.Alg, token.Typ));
        Assert.Equal((AccessTokenValidator.Issuer, AccessTokenValidator.Audience), (token.Issuer, Assert.Single(token.Audiences)));
        Assert.Equal(user.Id.ToString(), token.Subject);
        Assert.Equal(user.Id.ToString(), token.GetPayloadValue<string>("userId"));
        Assert.Equal(user.Tenant, token.GetPayloadValue<string>("tenantId"));
        Assert.Equal(user.Email, token.GetPayloadValue<string>("email"));
        Assert.Equal((string)tokens["sessionId"]!, token.GetPayloadValue<string>("sid"));
        Assert.Equal(["accountant"], token.GetPayloadValue<string[]>("roles"));
        Assert.Equal(1, token.GetPayloadValue<int>("permissionsVersion"));
        Assert.True(Guid.TryParse(token.Id, out _));
        Assert.Equal(TimeSpan.FromHours(24), token.ValidTo - token.ValidFrom);
    }

    [Fact]
    public async Task The_last_token_of_a_session_ends_with_it()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var tokens = await desk.SignInAsync(user);
        var session = Guid.Parse((string)tokens["sessionId"]!);
        // As if the session had been begun almost thirty days ago and used ever since.
        await desk.ExecuteAsync(
            "update user_management.user_sessions set created_at = @begun where id = @session",
            new { session, begun = desk.Apps.Clock.Now.UtcDateTime.AddDays(-30).AddHours(1) });

        using var refreshed = await desk.PostAsync(user.Tenant, "v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! });
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        var last = (await refreshed.Content.ReadFromJsonAsync<JsonNode>())!;

        var token = (string)last["accessToken"]!;
        var end = await desk.ReadAsync<DateTimeOffset>("select expires_at from user_management.user_sessions where id = @session", new { session });
        Assert.InRange((int)last["expiresIn"]!, 3000, 3600);
        Assert.InRange(new JsonWebToken(token).ValidTo, end.UtcDateTime.AddSeconds(-1), end.UtcDateTime);
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/me")).StatusCode);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(61));
        await Problem.AssertAsync(await client.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "TOKEN_INVALID");
    }

    [Fact]
    public async Task Anybody_verifies_a_token_by_the_published_keys()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var token = (string)(await desk.SignInAsync(user))["accessToken"]!;
        using var client = desk.Apps.Client(FunctionApp.Users, tenant: null);
        var text = await client.GetStringAsync(PublishedKeys.Path);

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = AccessTokenValidator.Issuer,
            ValidAudience = AccessTokenValidator.Audience,
            IssuerSigningKeys = new JsonWebKeySet(text).GetSigningKeys(),
            ValidateLifetime = false,
        });

        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.All(JsonNode.Parse(text)!["keys"]!.AsArray(), key => Assert.Null(key!["d"]));
    }

    [Fact]
    public async Task A_gateway_finds_the_issuer_and_the_keys_by_discovery()
    {
        using var client = desk.Apps.Client(FunctionApp.Users, tenant: null);
        var discovery = JsonNode.Parse(await client.GetStringAsync("/.well-known/openid-configuration"))!;
        var keys = new JsonWebKeySet(await client.GetStringAsync((string)discovery["jwks_uri"]!));

        Assert.Equal(AccessTokenValidator.Issuer, (string)discovery["issuer"]!);
        Assert.NotEmpty(keys.GetSigningKeys());
        Assert.Equal(["ES256"], discovery["id_token_signing_alg_values_supported"]!.AsArray().Select(name => (string)name!));
    }

    [Theory]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("jwk")]
    public async Task A_key_that_the_token_brings_along_is_neither_fetched_nor_believed(string header)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var calling = listener.AcceptTcpClientAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var brought = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(key) { KeyId = "attacker" });
        object value = header == "jwk"
            ? new Dictionary<string, object> { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = brought.X, ["y"] = brought.Y, ["kid"] = "attacker" }
            : $"http://{listener.LocalEndpoint}/keys.json";

        foreach (var id in new[] { "attacker", desk.Sessions.Key.Id })
        {
            var token = await ForgeAsync(forged =>
            {
                forged.AdditionalHeaderClaims = new Dictionary<string, object> { [header] = value };
                forged.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = id }, SecurityAlgorithms.EcdsaSha256);
            });
            Assert.True(new JsonWebToken(token).TryGetHeaderValue<object>(header, out _));
            await AssertRefusedAsync(token);
        }

        Assert.False(calling.IsCompleted);
        Assert.False(listener.Pending());
    }

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///dev/null")]
    [InlineData("' or 1=1 --")]
    [InlineData("http://127.0.0.1:1/keys")]
    public async Task The_id_of_a_key_is_only_a_name(string id)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await AssertRefusedAsync(await ForgeAsync(token =>
            token.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = id }, SecurityAlgorithms.EcdsaSha256)));
        await AssertRefusedAsync(await ForgeAsync(token =>
            token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(new byte[32]) { KeyId = id }, SecurityAlgorithms.HmacSha256)));
    }

    [Fact]
    public async Task A_service_hears_that_a_token_is_good_and_nothing_of_one_that_is_not()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync(), "invoices:read");
        var tokens = await desk.SignInAsync(user);
        using var service = ServiceClient(user.Tenant);

        var good = await IntrospectAsync(service, (string)tokens["accessToken"]!);
        Assert.True((bool)good["active"]!);
        Assert.Equal((user.Id.ToString(), (string)tokens["sessionId"]!), ((string)good["sub"]!, (string)good["sid"]!));
        Assert.Equal("invoices:read", (string)Assert.Single(good["permissions"]!.AsArray())!);

        using (var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!))
            Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("v1/auth/logout", null)).StatusCode);
        var other = await desk.NewUserAsync(await desk.NewTenantAsync());
        var ofOtherTenant = (string)(await desk.SignInAsync(other))["accessToken"]!;
        foreach (var token in new[] { (string)tokens["accessToken"]!, (string)tokens["refreshToken"]!, ofOtherTenant, "a.b.c", "x" })
        {
            var bad = (await IntrospectAsync(service, token)).AsObject();
            Assert.False((bool)bad["active"]!);
            Assert.DoesNotContain(bad, member => member.Key != "active" && member.Value is not null);
        }
    }

    [Fact]
    public async Task Only_services_introspect()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync(), "*");
        var token = (string)(await desk.SignInAsync(user))["accessToken"]!;
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, token);

        using var answer = await client.PostAsJsonAsync("v1/auth/introspect", new { token });

        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "SERVICE_REQUIRED");
    }

    private static async Task<JsonNode> IntrospectAsync(HttpClient service, string token)
    {
        using var answer = await service.PostAsJsonAsync("v1/auth/introspect", new { token });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private HttpClient ServiceClient(string tenant) => desk.Apps.Client(
        FunctionApp.Users, tenant,
        desk.Sessions.ServiceToken(ServiceIdentity.Billing, ServiceIdentity.Users));

    // The session lives, so that only the token's own faults can be the reason.
    private Task<string> ForgeAsync(Action<SecurityTokenDescriptor> change) =>
        desk.Sessions.SignInAsync("default", Guid.Parse("01930000-0000-7000-8000-0000000000a2"), change: change);

    private async Task AssertRefusedAsync(string token)
    {
        using var client = desk.Apps.Client(FunctionApp.Users);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        await Problem.AssertAsync(await client.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "TOKEN_INVALID");
    }
}
