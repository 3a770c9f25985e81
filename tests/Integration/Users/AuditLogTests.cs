using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class AuditLogTests(UsersDesk desk)
{
    [Fact]
    public async Task An_untouched_log_is_whole_also_after_many_wrote_at_once()
    {
        var (tenant, client) = await FilledAsync(entries: 0);
        Assert.Equal((true, 0L), ((bool)(await VerifyAsync(client))["intact"]!, (long)(await VerifyAsync(client))["checked"]!));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => ActAsync(client, number)));

        var verdict = await VerifyAsync(client);
        Assert.Equal((true, 20L), ((bool)verdict["intact"]!, (long)verdict["checked"]!));
        Assert.Null(verdict["brokenAt"]);
        Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), await desk.QueryAsync<long>(
            "select seq from user_management.audit_log where tenant_id = @tenant order by seq", new { tenant }));
    }

    [Theory]
    [InlineData("action = 'role.deleted'")]
    [InlineData("at = at + interval '1 microsecond'")]
    [InlineData("actor_id = gen_random_uuid()")]
    [InlineData("impersonator_id = gen_random_uuid()")]
    [InlineData("target_id = null")]
    [InlineData("actor_service = ''")]
    [InlineData("address = '203.0.113.1'")]
    [InlineData("detail = '{}'")]
    [InlineData("hash = decode(repeat('00', 32), 'hex')")]
    public async Task Whatever_is_changed_in_one_entry_is_found(string change)
    {
        var (tenant, client) = await FilledAsync(entries: 4);

        await desk.ExecuteAsync($"update user_management.audit_log set {change} where tenant_id = @tenant and seq = 3", new { tenant });

        await AssertBrokenAtAsync(client, 3);
    }

    [Fact]
    public async Task An_entry_that_is_taken_out_is_missed()
    {
        foreach (var seq in new[] { 1, 3, 4 })
        {
            var (tenant, client) = await FilledAsync(entries: 4);
            await desk.ExecuteAsync("delete from user_management.audit_log where tenant_id = @tenant and seq = @seq", new { tenant, seq });
            await AssertBrokenAtAsync(client, seq);
        }
    }

    [Fact]
    public async Task The_newest_entries_are_missed_when_an_earlier_one_is_given_out_as_the_last_also_after_others_were_written()
    {
        foreach (var seal in new[] { "seal", "null", "hash" })
        {
            var (tenant, client) = await FilledAsync(entries: 4);
            await desk.ExecuteAsync(
                $"""
                delete from user_management.audit_log where tenant_id = @tenant and seq > 2;
                update user_management.audit_heads h set seq = 2, hash = l.hash, seal = {(seal == "hash" ? "l.hash" : seal == "seal" ? "h.seal" : "null")}
                from user_management.audit_log l where h.tenant_id = @tenant and l.tenant_id = @tenant and l.seq = 2;
                """,
                new { tenant });
            await AssertBrokenAtAsync(client, 3);

            await ActAsync(client, 5);

            Assert.False((bool)(await VerifyAsync(client))["intact"]!);
        }
    }

    [Fact]
    public async Task A_head_that_is_taken_away_or_put_back_is_missed()
    {
        var (without, first) = await FilledAsync(entries: 3);
        await desk.ExecuteAsync(
            """
            delete from user_management.audit_log where tenant_id = @without and seq > 2;
            delete from user_management.audit_heads where tenant_id = @without;
            """,
            new { without });
        await AssertBrokenAtAsync(first, 1);

        var (putBack, second) = await FilledAsync(entries: 2);
        var old = await desk.ReadAsync<(long, byte[], byte[])>(
            "select seq, hash, seal from user_management.audit_heads where tenant_id = @putBack", new { putBack });
        await ActAsync(second, 3);
        await desk.ExecuteAsync(
            "update user_management.audit_heads set seq = @Seq, hash = @Hash, seal = @Seal where tenant_id = @putBack",
            new { putBack, Seq = old.Item1, Hash = old.Item2, Seal = old.Item3 });
        await AssertBrokenAtAsync(second, 3);
    }

    [Fact]
    public async Task A_log_from_before_its_end_was_sealed_is_whole_and_is_sealed_with_the_next_entry()
    {
        var (tenant, client) = await FilledAsync(entries: 0);
        var key = new TokenOptions { Secret = LocalSettings.Shared(desk.Apps.Endpoints)["JWT_SECRET"]! }.DeriveKey("audit-log");
        var hash = AuditChain.Start;
        for (var seq = 1; seq <= 2; seq++)
        {
            var row = new AuditRow(
                seq, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch.AddDays(20000), "role.created", "system", null, null, null, null, "{}", null, []);
            hash = AuditChain.Hash(key, tenant, hash, row);
            await desk.ExecuteAsync(
                """
                insert into user_management.audit_log (tenant_id, seq, id, at, action, actor_kind, detail, hash)
                values (@tenant, @Seq, @Id, @At, @Action, @ActorKind, @Detail::json, @hash)
                """,
                new { tenant, row.Seq, row.Id, row.At, row.Action, row.ActorKind, row.Detail, hash });
        }

        await desk.ExecuteAsync("insert into user_management.audit_heads (tenant_id, seq, hash) values (@tenant, 2, @hash)", new { tenant, hash });
        Assert.True((bool)(await VerifyAsync(client))["intact"]!);

        await ActAsync(client, 1);

        Assert.True((bool)(await VerifyAsync(client))["intact"]!);
        Assert.True(await desk.ReadAsync<bool>("select seal is not null from user_management.audit_heads where tenant_id = @tenant", new { tenant }));
    }

    [Fact]
    public async Task An_entry_that_is_put_in_is_found_wherever_it_stands()
    {
        const string copy = """
            insert into user_management.audit_log
                (tenant_id, seq, id, at, action, actor_kind, actor_id, target_id, detail, address, hash)
            select tenant_id, @seq, id, at, action, actor_kind, actor_id, target_id, detail, address, hash
            from user_management.audit_log where tenant_id = @tenant and seq = 2
            """;
        var (atTheEnd, client) = await FilledAsync(entries: 3);
        await desk.ExecuteAsync(copy, new { tenant = atTheEnd, seq = 4 });
        await AssertBrokenAtAsync(client, 4);

        var (inBetween, second) = await FilledAsync(entries: 3);
        await desk.ExecuteAsync("update user_management.audit_log set seq = 4 where tenant_id = @tenant and seq = 3", new { tenant = inBetween });
        await desk.ExecuteAsync(copy, new { tenant = inBetween, seq = 3 });
        await AssertBrokenAtAsync(second, 3);
    }

    [Fact]
    public async Task Two_entries_that_change_places_are_found()
    {
        var (tenant, client) = await FilledAsync(entries: 4);
        await desk.ExecuteAsync(
            """
            update user_management.audit_log set seq = 100 where tenant_id = @tenant and seq = 2;
            update user_management.audit_log set seq = 2 where tenant_id = @tenant and seq = 3;
            update user_management.audit_log set seq = 3 where tenant_id = @tenant and seq = 100;
            """,
            new { tenant });

        await AssertBrokenAtAsync(client, 2);
    }

    [Fact]
    public async Task The_log_of_one_tenant_cannot_be_passed_off_as_that_of_another()
    {
        var (theirs, _) = await FilledAsync(entries: 2);
        var (mine, client) = await FilledAsync(entries: 0);
        await desk.ExecuteAsync(
            """
            insert into user_management.audit_log
                (tenant_id, seq, id, at, action, actor_kind, actor_id, target_id, detail, address, hash)
            select @mine, seq, id, at, action, actor_kind, actor_id, target_id, detail, address, hash
            from user_management.audit_log where tenant_id = @theirs;
            insert into user_management.audit_heads (tenant_id, seq, hash)
            select @mine, seq, hash from user_management.audit_heads where tenant_id = @theirs;
            """,
            new { mine, theirs });

        await AssertBrokenAtAsync(client, 1);
    }

    [Theory]
    [InlineData("update user_management.audit_log set action = 'x'")]
    [InlineData("delete from user_management.audit_log")]
    [InlineData("truncate user_management.audit_log")]
    [InlineData("delete from user_management.audit_heads")]
    public async Task Not_even_the_service_itself_may_change_what_is_written(string sql)
    {
        foreach (var connectionString in new[] { desk.Database.AppConnectionString("users"), desk.Database.JobsConnectionString("users") })
        {
            await using var connection = new NpgsqlConnection(connectionString);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task The_log_is_read_newest_first_by_actor_target_action_and_time()
    {
        var tenant = await desk.NewTenantAsync();
        var (administrator, client) = await desk.NewAdministratorAsync(tenant);
        await ActAsync(client, 0);
        var between = desk.Apps.Clock.Now.AddMinutes(1);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(2));
        var (other, second) = await desk.NewAdministratorAsync(tenant);
        await ActAsync(second, 1);
        await ActAsync(second, 2);

        Assert.Equal([3L, 2L, 1L], await SeqsAsync(client, ""));
        Assert.Equal([3L, 2L], await SeqsAsync(client, $"actor={other.Id}"));
        Assert.Equal([1L], await SeqsAsync(client, $"actor={administrator.Id}"));
        Assert.Empty(await SeqsAsync(client, $"target={other.Id}"));
        Assert.Equal([3L, 2L, 1L], await SeqsAsync(client, "action=role.created"));
        Assert.Equal([3L, 2L], await SeqsAsync(client, $"from={Uri.EscapeDataString(between.UtcDateTime.ToString("O"))}"));
        // The same instant as they write it in Jakarta.
        Assert.Equal([1L], await SeqsAsync(client, $"to={Uri.EscapeDataString(between.ToOffset(TimeSpan.FromHours(7)).ToString("O"))}"));
        var page = (await client.GetFromJsonAsync<JsonNode>("v1/audit-log?limit=2"))!;
        Assert.Equal([1L], await SeqsAsync(client, $"limit=2&cursor={(string)page["next"]!}"));
        foreach (var wrong in new[] { "actor=x", "target=1", "from=yesterday", "cursor=-1", "limit=101" })
            Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync($"v1/audit-log?{wrong}")).StatusCode);
    }

    [Fact]
    public async Task What_somebody_asks_for_in_vain_is_written_down_once_a_minute_for_each_permission_whichever_app_he_asks()
    {
        var tenant = await desk.NewTenantAsync();
        var user = await desk.NewUserAsync(tenant);
        using var client = await desk.SignedInAsync(user);
        using var billing = desk.Apps.Client(FunctionApp.Billing, tenant, await desk.Sessions.SignInAsync(tenant, user.Id));
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("v1/users")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("v1/audit-log")).StatusCode);
            Assert.Equal(
                HttpStatusCode.Forbidden,
                (await billing.PostAsJsonAsync($"v1/invoices/{Guid.CreateVersion7()}/cancel", new { reason = "a mistake" })).StatusCode);
            // Anybody may ask for his own.
            Assert.Equal(HttpStatusCode.Forbidden, (await billing.GetAsync($"v1/credit-balances?user={Guid.CreateVersion7()}")).StatusCode);
        }

        IReadOnlyList<string> denied = [];
        await Eventually.HoldsAsync(
            async () => (denied = await desk.QueryAsync<string>(
                """
                select (detail ->> 'service') || ' ' || (detail ->> 'permission') from user_management.audit_log
                where tenant_id = @tenant and action = 'permission.denied' and actor_id = @Id and address is not null
                order by 1
                """,
                new { tenant, user.Id })).Count >= 4,
            () => $"Four refusals were expected: {string.Join(", ", denied)}");
        await desk.UntilQuietAsync();
        Assert.Equal(["billing invoices:read", "billing invoices:write", "users audit:read", "users users:read"], denied);
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        Assert.Equal((true, 4L), ((bool)(await VerifyAsync(administrator))["intact"]!, (long)(await VerifyAsync(administrator))["checked"]!));
    }

    [Fact]
    public async Task Who_may_not_read_the_log_neither_reads_nor_verifies_it()
    {
        var (_, client) = await desk.NewMemberAsync(await desk.NewTenantAsync(), "users:read");
        foreach (var path in new[] { "v1/audit-log", "v1/audit-log/verify" })
            await Problem.AssertAsync(await client.GetAsync(path), HttpStatusCode.Forbidden, "PERMISSION_DENIED");
    }

    private static async Task<JsonNode> VerifyAsync(HttpClient client) => (await client.GetFromJsonAsync<JsonNode>("v1/audit-log/verify"))!;

    private static async Task AssertBrokenAtAsync(HttpClient client, long seq)
    {
        var verdict = await VerifyAsync(client);
        Assert.False((bool)verdict["intact"]!);
        Assert.Equal(seq, (long)verdict["brokenAt"]!);
    }

    private static async Task<IReadOnlyList<long>> SeqsAsync(HttpClient client, string query) =>
        [.. (await client.GetFromJsonAsync<JsonNode>($"v1/audit-log?{query}"))!["items"]!.AsArray().Select(entry => (long)entry!["seq"]!)];

    // Something that is written down.
    private static async Task ActAsync(HttpClient client, int number)
    {
        using var answer = await client.PostAsJsonAsync("v1/roles", new { name = $"role-{number}", permissions = new[] { "invoices:read" } });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private async Task<(string Tenant, HttpClient Client)> FilledAsync(int entries)
    {
        var tenant = await desk.NewTenantAsync();
        var (_, client) = await desk.NewAdministratorAsync(tenant);
        for (var number = 0; number < entries; number++)
            await ActAsync(client, number);
        return (tenant, client);
    }
}
