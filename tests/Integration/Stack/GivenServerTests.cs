using System.Net.Sockets;
using Npgsql;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Stack;

/// <summary>Servers that the developer runs, and what is said when one does not serve.</summary>
public sealed class GivenServerTests(StackFixture stack)
{
    private readonly StackEndpoints endpoints = stack.EndpointsFor("nothing", new StackPorts(1), clockFile: "");

    [Fact]
    public Task A_Redis_that_answers_is_good() => GivenEngines.EnsureRedisAsync(endpoints, CancellationToken.None);

    [Fact]
    public Task A_Redis_that_is_not_there_is_named_with_its_settings() => AssertRefusedAsync(endpoints with { RedisPort = Ports.FreeBlock(1) });

    [Fact]
    public Task A_Redis_that_refuses_the_password_is_named_with_its_settings() => AssertRefusedAsync(endpoints with { RedisPassword = "wrong" });

    [Fact]
    public void Starting_empty_is_advised_only_where_it_is_possible_and_helps()
    {
        var refused = new InvalidOperationException(
            "Migration 0007 failed.", new PostgresException("The column exists.", "ERROR", "ERROR", PostgresErrorCodes.DuplicateColumn));
        Exception[] away =
        [
            new InvalidOperationException("Migration 0007 failed.", new NpgsqlException("The connection broke.", new EndOfStreamException())),
            new PostgresException("Another process crashed.", "FATAL", "FATAL", PostgresErrorCodes.CrashShutdown),
            new HttpRequestException("Refused.", new SocketException((int)SocketError.ConnectionRefused)),
        ];

        Assert.Contains("--fresh", Migrate.Advice(givenBy: null, refused));
        Assert.All(away, reason => Assert.DoesNotContain("--fresh", Migrate.Advice(givenBy: null, reason)));
        Assert.All(away.Append(refused), reason =>
        {
            var advice = Migrate.Advice("POSTGRES_HOST and POSTGRES_PORT", reason);
            Assert.Contains("POSTGRES_HOST and POSTGRES_PORT", advice);
            Assert.DoesNotContain("--fresh", advice);
        });
    }

    private static async Task AssertRefusedAsync(StackEndpoints endpoints)
    {
        var failure = await Assert.ThrowsAsync<StackException>(() => GivenEngines.EnsureRedisAsync(endpoints, CancellationToken.None));

        Assert.Contains($"127.0.0.1:{endpoints.RedisPort}", failure.Message);
        Assert.Contains("REDIS_HOST, REDIS_PORT, REDIS_PASSWORD", failure.Message);
    }
}
