using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>On the start of a subscription: a second one of the same user would be a conflict, so only a replay is a 201.</summary>
[Collection<KernelCollection>]
public sealed class IdempotencyTests(KernelDesk desk)
{
    private const string Pro = """{"tier":"pro","cycle":"monthly","currency":"IDR"}""";

    [Fact]
    public async Task The_same_request_again_gets_the_same_answer_and_changes_nothing()
    {
        using var user = await NewUserAsync();
        var key = NewKey();
        using var first = await StartAsync(user, Pro, key);
        using var second = await StartAsync(user, Pro, key);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.False(IsReplay(first));
        Assert.True(IsReplay(second));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.Equal(1, await CountAsync(user));
    }

    [Fact]
    public async Task The_order_of_members_makes_no_other_request()
    {
        using var user = await NewUserAsync();
        var key = NewKey();
        using var first = await StartAsync(user, Pro, key);
        using var second = await StartAsync(user, """{ "currency" : "IDR", "tier": "pro",  "cycle": "monthly" }""", key);

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.True(IsReplay(second));
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_refused()
    {
        using var user = await NewUserAsync();
        var key = NewKey();
        using var first = await StartAsync(user, Pro, key);

        await Problem.AssertAsync(
            await StartAsync(user, """{"tier":"pro","cycle":"yearly","currency":"IDR"}""", key),
            HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
    }

    [Fact]
    public async Task Another_user_cannot_fetch_the_answer_with_the_key()
    {
        var tenant = await desk.NewTenantAsync();
        using var one = await desk.NewUserAsync(FunctionApp.Subscriptions, tenant);
        using var other = await desk.NewUserAsync(FunctionApp.Subscriptions, tenant);
        var key = NewKey();
        using var first = await StartAsync(one, Pro, key);

        await Problem.AssertAsync(await StartAsync(other, Pro, key), HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED");
    }

    [Fact]
    public async Task Twenty_at_once_do_the_work_once()
    {
        using var user = await NewUserAsync();
        var key = NewKey();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartAsync(user, Pro, key)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created && !IsReplay(answer));
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            await Problem.AssertAsync(answer, HttpStatusCode.Conflict, "IDEMPOTENCY_KEY_IN_USE");
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        Assert.Equal(1, await CountAsync(user));
    }

    [Fact]
    public async Task A_refusal_gives_the_key_back()
    {
        using var user = await NewUserAsync();
        var key = NewKey();
        await Problem.AssertAsync(
            await StartAsync(user, """{"tier":"none","cycle":"monthly","currency":"IDR"}""", key),
            HttpStatusCode.UnprocessableEntity, "TIER_NOT_FOUND");

        using var second = await StartAsync(user, Pro, key);

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.False(IsReplay(second));
    }

    [Fact]
    public async Task Tenants_do_not_share_keys()
    {
        using var one = await NewUserAsync();
        using var other = await NewUserAsync();
        var key = NewKey();
        using var first = await StartAsync(one, Pro, key);
        using var second = await StartAsync(other, Pro, key);

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.False(IsReplay(second));
        Assert.NotEqual(await IdAsync(first), await IdAsync(second));
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day()
    {
        var tenant = await desk.NewTenantAsync();
        var user = Guid.CreateVersion7();
        var key = NewKey();
        using (var today = desk.Apps.Client(FunctionApp.Subscriptions, tenant, await desk.Sessions.SignInAsync(tenant, user)))
            Assert.Equal(HttpStatusCode.Created, (await StartAsync(today, Pro, key)).StatusCode);

        desk.Apps.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));

        // It is a new request now, and a second subscription is refused.
        using var tomorrow = desk.Apps.Client(FunctionApp.Subscriptions, tenant, await desk.Sessions.SignInAsync(tenant, user));
        await Problem.AssertAsync(await StartAsync(tomorrow, Pro, key), HttpStatusCode.Conflict, "SUBSCRIPTION_EXISTS");
    }

    [Fact]
    public async Task A_key_that_a_dead_process_held_is_free_after_its_lock()
    {
        using var user = await NewUserAsync();
        var key = NewKey();
        await using (var table = await desk.LockAsync("subscription_management.subscriptions"))
        {
            var request = StartAsync(user, Pro, key);
            // Timers wait for the table, too.
            await Eventually.HoldsAsync(
                async () => await desk.ReadAsync<long>("select count(*) from subscription_management.idempotency_keys where key = @key", new { key }) == 1,
                "The key is not taken.");
            await desk.Apps[FunctionApp.Subscriptions].KillAsync();
            await Assert.ThrowsAsync<HttpRequestException>(() => request);
            await table.EndWhoWaitsAsync();
        }
        await desk.Apps.StartAppAsync(FunctionApp.Subscriptions);
        await Problem.AssertAsync(await StartAsync(user, Pro, key), HttpStatusCode.Conflict, "IDEMPOTENCY_KEY_IN_USE");

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(7));
        using var answer = await StartAsync(user, Pro, key);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.False(IsReplay(answer));
        Assert.Equal(1, await CountAsync(user));
    }

    [Fact]
    public async Task Who_comes_back_after_his_lock_changes_nothing_of_his_successors()
    {
        var tenant = TenantId.Parse(await desk.NewTenantAsync());
        await using var database = OpenAsSubscriptions();
        var store = new IdempotencyStore(database);
        var (key, hash, none) = (NewKey(), new byte[] { 1, 2, 3 }, CancellationToken.None);
        var start = DateTimeOffset.UnixEpoch.AddYears(60);
        var late = await store.ClaimAsync(tenant, key, hash, start, none);
        Assert.Null(await store.ClaimAsync(tenant, key, hash, start + IdempotencyStore.Running, none));
        var successor = await store.ClaimAsync(tenant, key, hash, start + IdempotencyStore.Running + TimeSpan.FromSeconds(1), none);

        await store.KeepAsync(tenant, key, late!.Value, new KeptAnswer(201, null, null, [1]), none);
        await store.ReleaseAsync(tenant, key, late.Value, none);
        Assert.Null((await store.FindAsync(tenant, key, none))!.Answer);

        await store.KeepAsync(tenant, key, successor!.Value, new KeptAnswer(201, null, null, [2]), none);
        await store.KeepAsync(tenant, key, successor.Value, new KeptAnswer(201, null, null, [3]), none);
        await store.ReleaseAsync(tenant, key, successor.Value, none);
        Assert.Equal([2], (await store.FindAsync(tenant, key, none))!.Answer!.Body);
    }

    [Fact]
    public async Task Who_leaves_while_the_key_is_taken_leaves_it_free()
    {
        using var user = await NewUserAsync();
        var key = NewKey();
        await using (var table = await desk.LockAsync("subscription_management.idempotency_keys"))
        {
            using var leaving = new CancellationTokenSource();
            var request = StartAsync(user, Pro, key, leaving.Token);
            await table.UntilSomebodyWaitsAsync();
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }

        await Eventually.HoldsAsync(
            async () =>
            {
                using var answer = await StartAsync(user, Pro, key);
                return answer.StatusCode == HttpStatusCode.Created;
            },
            "The key is still held for somebody who has left.");
        Assert.Equal(1, await CountAsync(user));
    }

    [Theory]
    [InlineData(100, HttpStatusCode.Created)]
    [InlineData(101, HttpStatusCode.BadRequest)]
    public async Task A_key_has_at_most_a_hundred_characters(int length, HttpStatusCode expected)
    {
        using var user = await NewUserAsync();
        using var answer = await StartAsync(user, Pro, new string('k', length));

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.BadRequest)
            await Problem.AssertAsync(answer, expected, "INVALID_IDEMPOTENCY_KEY");
    }

    [Fact]
    public async Task An_empty_key_is_refused()
    {
        using var user = await NewUserAsync();

        await Problem.AssertAsync(await StartAsync(user, Pro, ""), HttpStatusCode.BadRequest, "INVALID_IDEMPOTENCY_KEY");
    }

    private static string NewKey() => Guid.CreateVersion7().ToString();

    private static bool IsReplay(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Single() == "true";

    private static async Task<string?> IdAsync(HttpResponseMessage answer) =>
        (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"];

    private static async Task<HttpResponseMessage> StartAsync(HttpClient user, string body, string key, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/subscriptions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await user.SendAsync(request, cancellationToken);
    }

    private Database OpenAsSubscriptions()
    {
        var subscriptions = new NpgsqlConnectionStringBuilder(desk.Database.AppConnectionString("subscriptions"));
        var options = new DatabaseOptions
        {
            Host = subscriptions.Host!, Port = subscriptions.Port, Database = subscriptions.Database!, Password = subscriptions.Password!,
        };
        return new Database(Options.Create(options), ServiceIdentity.Subscriptions, new OutboxSignal());
    }

    private async Task<HttpClient> NewUserAsync() => await desk.NewUserAsync(FunctionApp.Subscriptions, await desk.NewTenantAsync());

    private Task<long> CountAsync(HttpClient user) => desk.ReadAsync<long>(
        "select count(*) from subscription_management.subscriptions where tenant_id = @tenant",
        new { tenant = user.DefaultRequestHeaders.GetValues("X-Tenant-ID").Single() });
}
