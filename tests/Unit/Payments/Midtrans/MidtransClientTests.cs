using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Unit.Shared.Http;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class MidtransClientTests
{
    private static readonly MerchantAccount Account = new(TenantId.Parse("acme"), null, "server", "client");

    [Fact]
    public async Task A_Midtrans_that_hangs_is_left_alone_though_nobody_waits_for_the_time_limit()
    {
        await using var midtrans = await FakeService.StartAsync();
        midtrans.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        using var host = HostOf(midtrans);
        var client = host.Services.GetRequiredService<MidtransClient>();
        var status = new Uri($"{midtrans.Address}/v2/SB-1/status");

        MidtransReply? reply = null;
        for (var call = 0; reply is null && call < 150; call++)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            try
            {
                reply = await client.SendAsync(Account, HttpMethod.Get, status, null, null, patience.Token);
            }
            catch (OperationCanceledException)
            {
                // As a webhook, which is to be answered meanwhile.
            }
        }

        var silent = Assert.IsType<MidtransReply.Silent>(reply);
        Assert.False(silent.Arrived);
        Assert.Contains("left alone", silent.Reason, StringComparison.Ordinal);
    }

    private static IHost HostOf(FakeService midtrans)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["MIDTRANS_SERVER_KEY"] = "server",
            ["MIDTRANS_CLIENT_KEY"] = "client",
            ["MIDTRANS_API_URL"] = midtrans.Address,
            ["MIDTRANS_TIMEOUT_SECONDS"] = "1",
            ["MIDTRANS_CALLS_PER_TENANT"] = "200",
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddMidtrans();
        return builder.Build();
    }
}
