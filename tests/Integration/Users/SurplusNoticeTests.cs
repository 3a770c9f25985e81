using Npgsql;
using ServerlessBusiness.Broker;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class SurplusNoticeTests(UsersDesk desk)
{
    [Fact]
    public async Task Money_that_has_to_go_back_is_told_to_each_administrator_of_its_tenant_once()
    {
        var tenant = await desk.NewTenantAsync();
        var (first, firstClient) = await desk.NewAdministratorAsync(tenant);
        var (second, secondClient) = await desk.NewAdministratorAsync(tenant);
        var (elsewhere, otherClient) = await desk.NewAdministratorAsync(await desk.NewTenantAsync());
        var payer = await desk.NewUserAsync(tenant);
        using (firstClient)
        using (secondClient)
        using (otherClient)
            await TellAsync(tenant, payer.Id, times: 3);

        foreach (var administrator in new[] { first, second })
            await desk.MailsAsync(administrator.Email);
        await desk.UntilQuietAsync();
        foreach (var administrator in new[] { first, second })
        {
            var mail = Assert.Single(await desk.ReadMailsAsync(administrator.Email));
            Assert.Equal("A payment has to go back", (string?)mail["subject"]);
            Assert.Contains("Rp531,690 have arrived by bank_transfer", (string?)mail["text"]);
            Assert.Contains("can send Rp0 of it back", (string?)mail["text"]);
        }

        Assert.Empty(await desk.ReadMailsAsync(payer.Email));
        Assert.Empty(await desk.ReadMailsAsync(elsewhere.Email));
    }

    private async Task TellAsync(string tenant, Guid payer, int times)
    {
        var surplus = new PaymentSurplusArrived(
            Guid.CreateVersion7(), Guid.CreateVersion7(), payer, new Money(531_690, Currency.Idr), "bank_transfer", new Money(0, Currency.Idr),
            DateTimeOffset.UtcNow);
        var envelope = Envelope.Of(surplus, TenantId.Parse(tenant), DateTimeOffset.UtcNow, traceParent: null);
        await using var broker = NpgsqlDataSource.Create(desk.Database.BrokerConnectionString);
        await new LocalBroker(broker).SendAsync(
            Topology.BusinessEvents,
            [.. Enumerable.Range(0, times).Select(_ => new OutgoingMessage(Guid.NewGuid().ToString(), envelope.Type, envelope.ToJson()))],
            CancellationToken.None);
    }
}
