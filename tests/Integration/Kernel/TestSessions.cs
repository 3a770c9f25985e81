using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Support;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Opens sessions as Users does, without asking for a password.</summary>
public sealed class TestSessions(TestApps apps, TestSigningKey key, IConnectionMultiplexer redis) : IAsyncDisposable
{
    private readonly SessionCache sessions = new(redis);

    public TestSigningKey Key => key;

    public IDatabase Redis => redis.GetDatabase();

    public static async Task<TestSessions> OpenAsync(TestApps apps, TestSigningKey key, int? redisPort = null)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { apps.Endpoints.RedisHost, redisPort ?? apps.Endpoints.RedisPort } },
            Password = apps.Endpoints.RedisPassword,
        };
        return new TestSessions(apps, key, await ConnectionMultiplexer.ConnectAsync(options));
    }

    /// <summary>The access token of a new session.</summary>
    public async Task<string> SignInAsync(
        string tenant, Guid user, IEnumerable<string>? permissions = null, Action<SecurityTokenDescriptor>? change = null)
    {
        var session = Guid.CreateVersion7();
        await sessions.SetAsync(
            TenantId.Parse(tenant), session, new SessionState(user, apps.Clock.Now), new AccessState(1, [.. permissions ?? []]), TimeSpan.FromHours(2));
        return key.Sign(tenant, user, session, apps.Clock.Now, change);
    }

    /// <summary>The token with which one service calls another.</summary>
    public string ServiceToken(ServiceIdentity from, ServiceIdentity to)
    {
        var secret = LocalSettings.Shared(apps.Endpoints)["JWT_SECRET"]!;
        return new ServiceToken(Options.Create(new TokenOptions { Secret = secret }), from, new TimeOfApps(apps.Clock)).Create(to.Key);
    }

    public async ValueTask DisposeAsync() => await redis.DisposeAsync();

    private sealed class TimeOfApps(ClockFile clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.Now;
    }
}
