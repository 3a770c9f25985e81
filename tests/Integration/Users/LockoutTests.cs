using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class LockoutTests(UsersDesk desk)
{
    [Fact]
    public async Task From_the_fifth_wrong_password_on_an_account_waits_longer_each_time_and_a_quarter_of_an_hour_after_the_tenth()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.Sessions.Redis.HashSetAsync(KeyOf(user), [new("failures", 3)]);
        double[] seconds = [0, 1, 5, 30, 120, 300, 900];
        foreach (var delay in seconds)
        {
            var before = desk.Apps.Clock.Now;
            await WrongAsync(user);
            var until = (long?)await desk.Sessions.Redis.HashGetAsync(KeyOf(user), "until") ?? 0;
            if (delay == 0)
                Assert.Equal(0, until);
            else
                Assert.InRange(
                    DateTimeOffset.FromUnixTimeMilliseconds(until), before.AddSeconds(delay - 0.01), desk.Apps.Clock.Now.AddSeconds(delay + 0.01));
            if (delay is > 0 and < 900)
                desk.Apps.Clock.Advance(TimeSpan.FromSeconds(delay));
        }

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(14));
        using (var locked = await desk.TrySignInAsync(user.Tenant, user.Username))
            await Problem.AssertAsync(locked, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(1));
        using (var open = await desk.TrySignInAsync(user.Tenant, user.Username))
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);

        // The right password forgives.
        Assert.False(await desk.Sessions.Redis.HashExistsAsync(KeyOf(user), "failures"));
    }

    [Fact]
    public async Task A_hundred_wrong_passwords_at_once_are_no_more_looked_at_than_one_after_another()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var enough = new CancellationTokenSource();
        using var client = desk.Anonymous(user.Tenant);
        var watch = Stopwatch.StartNew();
        var asking = Enumerable.Range(0, 100)
            .Select(turn => client.PostAsJsonAsync("v1/auth/login", new { login = user.Email, password = $"guess number {turn}" }, enough.Token)).ToList();

        // Without a cap each of the refused would be a proven wrong password.
        var refused = 0;
        await foreach (var answer in Task.WhenEach(asking))
        {
            if ((await answer).StatusCode == HttpStatusCode.Unauthorized && ++refused == 16)
                break;
        }

        var looked = (int)await desk.Sessions.Redis.HashGetAsync(KeyOf(user), "failures");
        var passed = watch.Elapsed;
        await enough.CancelAsync();
        await Task.WhenAll(asking.Select(answer => answer.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.InRange(looked, 5, 5 + (passed.TotalSeconds > 1 ? 1 : 0) + (passed.TotalSeconds > 6 ? 1 : 0) + (passed.TotalSeconds > 36 ? 1 : 0));
    }

    [Fact]
    public async Task Whoever_hammers_a_locked_account_is_answered_like_everybody_and_takes_no_more_than_five_places()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.Sessions.Redis.HashSetAsync(
            KeyOf(user), [new("failures", 10), new("until", desk.Apps.Clock.Now.AddHours(1).ToUnixTimeMilliseconds())]);

        var hammering = Task.WhenAll(Enumerable.Range(0, 12).Select(_ => desk.TrySignInAsync(user.Tenant, user.Email)));
        long most = 0;
        while (!hammering.IsCompleted)
            most = Math.Max(most, await desk.Sessions.Redis.HashLengthAsync(KeyOf(user)) - 2);

        Assert.InRange(most, 1, 5);
        foreach (var answer in await hammering)
            await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        // Nothing was looked at, so nothing is counted and every place is left.
        Assert.Equal((2, 10), (await desk.Sessions.Redis.HashLengthAsync(KeyOf(user)), (int)await desk.Sessions.Redis.HashGetAsync(KeyOf(user), "failures")));
    }

    [Fact]
    public async Task A_new_password_starts_anew_whatever_was_wrong_before_it()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.Sessions.Redis.HashSetAsync(
            KeyOf(user), [new("failures", 10), new("until", desk.Apps.Clock.Now.AddHours(1).ToUnixTimeMilliseconds())]);
        await desk.ExecuteAsync("update user_management.users set password_changed_at = @now where id = @Id", new { user.Id, now = desk.Apps.Clock.Now });

        await desk.SignInAsync(user);
    }

    [Fact]
    public async Task Whoever_knows_the_password_is_never_refused_however_often_he_signs_in_at_once()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => desk.TrySignInAsync(user.Tenant, user.Email)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task An_account_is_counted_by_tenant_and_a_name_that_nobody_has_is_counted_too()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var other = await desk.NewTenantAsync();
        await WrongAsync(user with { Tenant = other });
        await WrongAsync(user with { Tenant = other, Email = user.Email.ToUpperInvariant() });

        Assert.False(await desk.Sessions.Redis.KeyExistsAsync(KeyOf(user)));
        var counted = Assert.Single(await KeysAsync($"lockout:{other}:*"));
        Assert.Equal(2, (int)await desk.Sessions.Redis.HashGetAsync(counted, "failures"));
    }

    [Fact]
    public async Task An_account_that_nobody_proved_is_counted_like_two_names_that_nobody_has()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.ExecuteAsync("update user_management.users set email_verified = false where id = @Id", new { user.Id });
        await WrongAsync(user);
        await WrongAsync(user with { Email = user.Username });

        var counted = await KeysAsync($"lockout:{user.Tenant}:*");
        Assert.Equal(2, counted.Count);
        Assert.DoesNotContain(KeyOf(user), counted);
    }

    [Fact]
    public async Task Sign_ins_are_limited_by_address_an_IPv6_customer_is_one_and_only_a_trusted_proxy_names_addresses()
    {
        var tenant = await desk.NewTenantAsync();
        var settings = new Dictionary<string, string?> { ["SIGN_INS_PER_ADDRESS"] = "1" };
        await using var strict = await desk.Database.StartAppsAsync(settings, FunctionApp.Users);
        await AskAsync(strict, tenant, "2001:db8:1:2::1", HttpStatusCode.Unauthorized);
        await AskAsync(strict, tenant, "2001:db8:1:2:ffff::9", HttpStatusCode.TooManyRequests);
        await AskAsync(strict, tenant, "2001:db8:1:3::1", HttpStatusCode.Unauthorized);
        await AskAsync(strict, tenant, "203.0.113.7", HttpStatusCode.Unauthorized);
        // What stands left of the proxy's word was written by the caller himself.
        await AskAsync(strict, tenant, "198.51.100.1, 203.0.113.7", HttpStatusCode.TooManyRequests);
        // One budget for all tenants, or ten thousand of them were ten thousand budgets.
        await AskAsync(strict, await desk.NewTenantAsync(), "203.0.113.7", HttpStatusCode.TooManyRequests);

        await strict.StartAppAsync(FunctionApp.Users, new Dictionary<string, string?>(settings) { ["TRUSTED_PROXIES"] = "10.0.0.0/8" });
        await AskAsync(strict, tenant, "198.51.100.2", HttpStatusCode.Unauthorized);
        await AskAsync(strict, tenant, "198.51.100.3", HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Strangers_use_up_nothing_that_the_people_of_a_tenant_share()
    {
        var tenant = await desk.NewTenantAsync(rateLimits: """{"auth":2}""");
        var user = await desk.NewUserAsync(tenant);
        for (var address = 1; address <= 4; address++)
            await AskAsync(desk.Apps, tenant, $"198.51.100.{address}", HttpStatusCode.Unauthorized);

        using var client = desk.Apps.Client(FunctionApp.Users, tenant, (string)(await desk.SignInAsync(user))["accessToken"]!);
        for (var turn = 0; turn < 2; turn++)
            Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsJsonAsync("v1/auth/step-up", new { password = UsersDesk.Password })).StatusCode);

        // What they do themselves is counted for all of them together.
        using var third = await client.PostAsJsonAsync("v1/auth/step-up", new { password = UsersDesk.Password });
        await Problem.AssertAsync(third, HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        Assert.Equal("2", third.Headers.GetValues("RateLimit-Limit").Single());
    }

    [Fact]
    public async Task A_refresh_says_what_is_left_of_the_budget_of_its_address()
    {
        const string address = "198.51.100.77";
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = desk.Anonymous(user.Tenant);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);

        var tokens = await desk.SignInAsync(user);
        using var served = await client.PostAsJsonAsync("v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! });
        // Full again in an hour, by Redis' own clock.
        await desk.Sessions.Redis.StringSetAsync(
            CacheKeys.AddressLimit(address, "refresh"), DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds() * 1000);
        using var refused = await client.PostAsJsonAsync("v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! });

        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        var limit = int.Parse(Header(served, "RateLimit-Limit"), CultureInfo.InvariantCulture);
        Assert.Equal((limit - 1).ToString(CultureInfo.InvariantCulture), Header(served, "RateLimit-Remaining"));
        await Problem.AssertAsync(refused, HttpStatusCode.TooManyRequests, "TOO_MANY_SIGN_INS");
        Assert.Equal((Header(served, "RateLimit-Limit"), "0"), (Header(refused, "RateLimit-Limit"), Header(refused, "RateLimit-Remaining")));
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    private static string KeyOf(TestUser user) => CacheKeys.Lockout(TenantId.Parse(user.Tenant), user.Id.ToString("N"));

    private static async Task AskAsync(TestApps apps, string tenant, string forwardedFor, HttpStatusCode expected)
    {
        using var client = apps.Client(FunctionApp.Users, tenant);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        using var answer = await client.PostAsJsonAsync("v1/auth/login", new { login = "nobody", password = "whatever it is" });
        Assert.True(answer.StatusCode == expected, $"{forwardedFor}: {(int)answer.StatusCode}");
        if (expected == HttpStatusCode.TooManyRequests)
        {
            await Problem.AssertAsync(answer, expected, "TOO_MANY_SIGN_INS");
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Equal("0", answer.Headers.GetValues("RateLimit-Remaining").Single());
        }
    }

    private async Task WrongAsync(TestUser user)
    {
        using var answer = await desk.TrySignInAsync(user.Tenant, user.Email, "not the password");
        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
    }

    private async Task<IReadOnlyList<string>> KeysAsync(string pattern)
    {
        var found = new List<string>();
        await foreach (var key in desk.Sessions.Redis.Multiplexer.GetServers()[0].KeysAsync(pattern: pattern))
            found.Add(key!);
        return found;
    }
}
