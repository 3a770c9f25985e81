using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class RegistrationTests(UsersDesk desk)
{
    [Fact]
    public async Task A_registered_user_proves_his_address_and_signs_in()
    {
        var tenant = await desk.NewTenantAsync();
        var name = Name();
        using var registered = await RegisterAsync(tenant, $"{name}@example.com", name);
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var view = (await registered.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.False((bool)view["emailVerified"]!);

        using (var early = await desk.TrySignInAsync(tenant, name))
            await Problem.AssertAsync(early, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        var token = await desk.TokenMailedAsync($"{name}@example.com");
        using (var verified = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token }))
            Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        using (var again = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token }))
            await Problem.AssertAsync(again, HttpStatusCode.BadRequest, "TOKEN_INVALID");

        using var signedIn = await desk.TrySignInAsync(tenant, name);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Equal(["account.registered", "sign_in.failed", "account.email_verified", "session.started"], await desk.AuditAsync(tenant));
    }

    private static string Name() => $"u{Guid.CreateVersion7():N}";

    private Task<HttpResponseMessage> RegisterAsync(string tenant, string email, string username, string password = UsersDesk.Password) =>
        desk.PostAsync(tenant, "v1/auth/register", new { email, username, password });
}
