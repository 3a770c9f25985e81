using System.Text.Json.Nodes;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Payments;

[CollectionDefinition]
public sealed class RelayCollection : ICollectionFixture<RelayDesk>;

/// <summary>A desk whose Core API is reached through a relay, so that a test can say what the provider answers. The hosted page is not.</summary>
public class RelayDesk(StackFixture stack) : PaymentsDesk(stack)
{
    public ProviderRelay Relay { get; } = new();

    protected override Dictionary<string, string?> Settings => new(base.Settings) { ["MIDTRANS_API_URL"] = Relay.Address };

    public override async ValueTask InitializeAsync()
    {
        await Relay.StartAsync();
        await base.InitializeAsync();
        Relay.Target = Apps.Midtrans;
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await Relay.DisposeAsync();
    }

    /// <summary>A payment that its payer has paid.</summary>
    public async Task<JsonNode> PaidAsync(string method = "gopay", Guid? invoice = null)
    {
        var payment = await ChargeAsync(By(method, invoice: invoice));
        await ControlAsync($"transactions/{payment["orderId"]}/settle");
        await WaitForStatusAsync((string)payment["id"]!, "success");
        return payment;
    }
}
