using Npgsql;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Support;

/// <summary>A migrated database of one test class.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly StackFixture fixture;
    private readonly StackEndpoints endpoints;

    internal TestDatabase(StackFixture fixture, string name)
    {
        this.fixture = fixture;
        endpoints = fixture.EndpointsFor(name, new StackPorts(1), clockFile: "");
        Name = name;
        OwnerConnectionString = endpoints.OwnerConnectionString(name);
        BrokerConnectionString = endpoints.RoleConnectionString(LocalSettings.BrokerRole);
    }

    public string Name { get; }

    /// <summary>Owns the tables and may do everything; row-level security is forced on it too, its superuser right passes it by.</summary>
    public string OwnerConnectionString { get; }

    public string BrokerConnectionString { get; }

    /// <param name="service">users, subscriptions, payments, notifications or billing.</param>
    public string AppConnectionString(string service) => endpoints.RoleConnectionString(service + "_app");

    public string JobsConnectionString(string service) => endpoints.RoleConnectionString(service + "_jobs");

    /// <summary>Starts simulators and apps on this database; without names all five apps.</summary>
    public Task<TestApps> StartAppsAsync(params FunctionApp[] apps) => StartAppsAsync(new Dictionary<string, string?>(), apps);

    /// <param name="changes">Settings that differ from the local ones; null removes a setting.</param>
    public async Task<TestApps> StartAppsAsync(IReadOnlyDictionary<string, string?> changes, params FunctionApp[] apps)
    {
        var started = new TestApps(this.fixture, Name, changes);
        try
        {
            await started.StartAsync(apps.Length == 0 ? FunctionApp.All : apps);
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await using var server = await this.fixture.OpenServerAsync();
        await PostgresDatabases.DropAsync(server, Name, CancellationToken.None);
    }
}
