using Azure.Core;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Tests.Support;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Connections to Redis that sign in with a token; the server here takes one that is its password.</summary>
public sealed class EntraRedisTests(StackFixture stack)
{
    [Fact]
    public async Task A_connection_that_is_made_again_brings_a_new_token()
    {
        var credential = new IssuedToken { Token = "not the token" };
        var options = new RedisOptions { Host = "127.0.0.1", Port = stack.Engines.Redis.Port, Identity = "an identity", User = "default" };
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options.Connection("entra", credential));
        await Assert.ThrowsAnyAsync<RedisException>(() => redis.GetDatabase().PingAsync());

        credential.Token = LocalSettings.EnginePassword;
        await Eventually.HoldsAsync(() => Task.FromResult(redis.IsConnected), "Redis refuses the new token.");
        await redis.GetDatabase().PingAsync();

        Assert.True(credential.TimesAsked >= 2);
        Assert.Equal("https://redis.azure.com/.default", credential.Scope);
    }

    private sealed class IssuedToken : TokenCredential
    {
        private int timesAsked;

        public string Token { get; set; } = "";

        public string? Scope { get; private set; }

        public int TimesAsked => timesAsked;

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref timesAsked);
            Scope = requestContext.Scopes.Single();
            return new AccessToken(Token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
