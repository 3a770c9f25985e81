using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

// Billing as the caller of a fake Payments.
public abstract class ServiceClientFixture : IAsyncLifetime
{
    protected static readonly TenantId Tenant = TenantId.Parse("acme");

    private readonly List<IHost> hosts = [];

    private protected FakeService Payments { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Payments = await FakeService.StartAsync();

    public async ValueTask DisposeAsync()
    {
        hosts.ForEach(host => host.Dispose());
        await Payments.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected ServiceClient ClientWith(params (string Name, string Value)[] settings) =>
        ClientsWith(settings).To(ServiceIdentity.Payments);

    private protected ServiceClients ClientsWith(params (string Name, string Value)[] settings)
    {
        var host = HostWith(settings);
        hosts.Add(host);
        return host.Services.GetRequiredService<ServiceClients>();
    }

    /// <summary>Payments behind something that swallows what is sent there: no connection comes about, and none is refused.</summary>
    private protected ServiceClient ClientOfNobodyWith(params (string Name, string Value)[] settings)
    {
        var host = HostOf(settings, services => services.AddHttpClient(ServiceClients.HttpClientName(ServiceIdentity.Payments))
            .ConfigurePrimaryHttpMessageHandler((handler, _) =>
            {
                var sockets = (SocketsHttpHandler)handler;
                sockets.ConnectTimeout = TimeSpan.FromMilliseconds(50);
                sockets.ConnectCallback = async (_, cancellationToken) =>
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    return Stream.Null;
                };
            }));
        hosts.Add(host);
        return host.Services.GetRequiredService<ServiceClients>().To(ServiceIdentity.Payments);
    }

    private protected IHost HostWith(params (string Name, string Value)[] settings) => HostOf(settings, _ => { });

    private IHost HostOf((string Name, string Value)[] settings, Action<IServiceCollection> change)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PAYMENTS_URL"] = Payments.Address,
            ["SUBSCRIPTIONS_URL"] = Payments.Address,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(ServiceIdentity.Billing);
        builder.Services.AddSingleton<ServiceToken>();
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(new TokenOptions { Secret = new string('s', 32) }));
        builder.AddServiceClients(ServiceIdentity.Payments, ServiceIdentity.Subscriptions);
        change(builder.Services);
        return builder.Build();
    }

    protected sealed record Charge(string InvoiceId, decimal Amount);

    protected sealed record Charged(Guid Id, string Status);
}
