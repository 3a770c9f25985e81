using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class MassAssignmentTests(UsersDesk desk)
{
    private static readonly Dictionary<string, JsonNode> Attempts = new()
    {
        ["tenantId"] = "default",
        ["roles"] = new JsonArray("admin"),
        ["status"] = "active",
        ["emailVerified"] = true,
        ["id"] = "01930000-0000-7000-8000-0000000000a1",
    };

    [Fact]
    public async Task No_body_takes_a_member_that_is_not_the_callers_to_set()
    {
        var (_, administrator) = await desk.NewAdministratorAsync("default");
        using var service = desk.Apps.Client(
            FunctionApp.Users, "default", desk.Sessions.ServiceToken(ServiceIdentity.Billing, ServiceIdentity.Users));
        var bodies = UsersRoutes.All.Where(route => route.Body is not null).ToList();
        Assert.True(bodies.Count > 15);

        foreach (var route in bodies)
        {
            var known = route.Body!.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).ToList();
            foreach (var (member, value) in Attempts.Where(attempt => !known.Contains(attempt.Key)))
            {
                using var request = new HttpRequestMessage(route.Method, route.Path(_ => Guid.CreateVersion7().ToString()));
                request.Content = JsonContent.Create(new JsonObject { [member] = value.DeepClone() });
                using var answer = await (route.Name == "IntrospectToken" ? service : administrator).SendAsync(request);
                Assert.True(
                    answer.StatusCode == HttpStatusCode.BadRequest && (await answer.Content.ReadAsStringAsync()).Contains("UNKNOWN_MEMBER"),
                    $"{route.Name} takes {member}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
        }
    }

    [Fact]
    public async Task Nobody_registers_himself_as_verified_or_with_a_role()
    {
        var tenant = await desk.NewTenantAsync();
        foreach (var (member, value) in Attempts)
        {
            var name = $"u{Guid.CreateVersion7():N}";
            var body = new JsonObject
            {
                ["email"] = $"{name}@example.com", ["username"] = name, ["password"] = UsersDesk.Password, [member] = value.DeepClone(),
            };
            using var answer = await desk.PostAsync(tenant, "v1/auth/register", body);
            await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "UNKNOWN_MEMBER");
        }

        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from user_management.users where tenant_id = @tenant", new { tenant }));
    }
}
