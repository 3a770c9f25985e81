using System.Net.Http.Json;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class ServedRowsTests(UsersDesk desk)
{
    [Fact]
    public async Task Sessions_links_and_invitations_go_when_they_have_served_and_refresh_tokens_before_their_sessions()
    {
        var tenant = await desk.NewTenantAsync();
        var user = await desk.NewUserAsync(tenant, "users:read");
        (Guid Id, int Days)[] sessions = [(Guid.CreateVersion7(), 61), (Guid.CreateVersion7(), 59), (Guid.CreateVersion7(), 1)];
        await desk.ExecuteAsync(
            """
            insert into user_management.user_sessions (tenant_id, id, user_id, session_token, refresh_token, expires_at, created_at, last_accessed_at)
            select @tenant, id, @user, '', decode(md5(id::text), 'hex'), @now, @now - days * interval '1 day', @now
            from unnest(@ids, @days) as begun (id, days);
            insert into user_management.refresh_tokens (tenant_id, hash, session_id, created_at)
            select tenant_id, refresh_token, id, created_at from user_management.user_sessions where tenant_id = @tenant;
            insert into user_management.one_time_tokens (tenant_id, hash, purpose, user_id, created_at, expires_at)
            select @tenant, decode(md5(days::text), 'hex'), 'verify_email', @user, @now, @now - days * interval '1 day' from unnest(array[31, 29]) as days;
            insert into user_management.invitations (tenant_id, id, email, email_normalized, role_id, role_name, token_hash, created_at, expires_at, accepted_at)
            select @tenant, gen_random_uuid(), days::text, days::text, id, name, decode(md5(days::text), 'hex'), @now, @now, @now - days * interval '1 day'
            from user_management.roles, unnest(array[31, 29]) as days where tenant_id = @tenant
            """,
            new
            {
                tenant,
                user = user.Id,
                now = desk.Apps.Clock.Now,
                ids = sessions.Select(session => session.Id).ToArray(),
                days = sessions.Select(session => session.Days).ToArray(),
            });
        using var host = desk.Apps.Client(FunctionApp.Users, tenant: null);

        (await host.PostAsJsonAsync("admin/functions/Housekeeping", new { input = "" })).EnsureSuccessStatusCode();

        await Eventually.HoldsAsync(
            async () => await LeftAsync("invitations", tenant) == 1, "An invitation that was accepted long ago stays.");
        Assert.Equal(
            (2, 1, 1), (await LeftAsync("user_sessions", tenant), await LeftAsync("refresh_tokens", tenant), await LeftAsync("one_time_tokens", tenant)));
    }

    private Task<long> LeftAsync(string table, string tenant) =>
        desk.ReadAsync<long>($"select count(*) from user_management.{table} where tenant_id = @tenant", new { tenant });
}
