using System.Net;
using System.Text.Json.Nodes;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using ServerlessBusiness.Simulators.Mail;
using ServerlessBusiness.Tests.Unit.Simulators.Midtrans;
using ServerlessBusiness.Tests.Unit.Simulators.Telegram;

namespace ServerlessBusiness.Tests.Unit.Simulators;

public sealed class RestartTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("simulators-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_number_handed_out_before_a_restart_is_paid_after_it()
    {
        string? number;
        await using (var before = await OpenShopAsync())
        {
            var charged = await before.ChargeAsync(Shop.BcaCharge("order-1"));
            number = (string?)charged["va_numbers"]![0]!["va_number"];
            await before.ChargeAsync(Shop.BcaCharge("order-2", 70_000));
            await before.ControlAsync("transactions/order-2/settle");
        }

        await using var after = await OpenShopAsync();
        var pending = await after.StatusAsync("order-1");
        await after.ControlAsync("transactions/order-1/settle");

        Assert.Equal("pending", (string?)pending["transaction_status"]);
        Assert.Equal(number, (string?)pending["va_numbers"]![0]!["va_number"]);
        Assert.Equal("44000.00", (string?)pending["gross_amount"]);
        Assert.Equal("settlement", (string?)(await after.StatusAsync("order-1"))["transaction_status"]);
        Assert.Equal("settlement", (string?)(await after.StatusAsync("order-2"))["transaction_status"]);
    }

    [Fact]
    public async Task A_saved_card_is_charged_after_a_restart()
    {
        string? saved;
        await using (var before = await OpenShopAsync())
        {
            var first = new JsonObject { ["token_id"] = await before.CardTokenAsync(), ["save_token_id"] = true };
            saved = (string?)(await before.ChargeAsync(Shop.Charge("credit_card", "order-1", 10_000, first.ToJsonString())))["saved_token_id"];
        }

        await using var after = await OpenShopAsync();
        var again = new JsonObject { ["token_id"] = saved };
        var charged = await after.ChargeAsync(Shop.Charge("credit_card", "order-2", 10_000, again.ToJsonString()));

        Assert.Equal("capture", (string?)charged["transaction_status"]);
    }

    [Fact]
    public async Task A_linked_wallet_pays_after_a_restart()
    {
        var link = new JsonObject
        {
            ["payment_type"] = "gopay", ["gopay_partner"] = new JsonObject { ["phone_number"] = "81234567890", ["country_code"] = "62" },
        };
        string? id;
        await using (var before = await OpenShopAsync())
        {
            var account = await before.PostAsync("v2/pay/account", link);
            id = (string?)account["account_id"];
            await before.Http.GetStringAsync((string?)account["actions"]![0]!["url"]);
        }

        await using var after = await OpenShopAsync();
        var linked = JsonNode.Parse(await after.Http.GetStringAsync($"v2/pay/account/{id}"))!;
        var wallet = new JsonObject
        {
            ["account_id"] = id, ["payment_option_token"] = (string?)linked["metadata"]!["payment_options"]![0]!["token"],
        };
        var paid = await after.ChargeAsync(Shop.Charge("gopay", "order-1", 10_000, wallet.ToJsonString()));

        Assert.Equal("settlement", (string?)paid["transaction_status"]);
    }

    [Fact]
    public async Task A_hosted_page_is_used_after_a_restart_once()
    {
        var order = new JsonObject { ["order_id"] = "order-1", ["gross_amount"] = 20_000 };
        await using (var before = await OpenShopAsync())
            await before.PostAsync("snap/v1/transactions", new JsonObject { ["transaction_details"] = order });
        await using (var between = await OpenShopAsync())
            await between.ControlAsync("snap/order-1/pick", new JsonObject { ["method"] = "bca_va" });

        await using var after = await OpenShopAsync();
        using var again = await after.Http.PostAsync("control/snap/order-1/pick", Shop.Json(new JsonObject { ["method"] = "bca_va" }));

        Assert.Equal("pending", (string?)(await after.StatusAsync("order-1"))["transaction_status"]);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task A_reset_is_remembered_too()
    {
        await using (var before = await OpenShopAsync())
        {
            await before.ChargeAsync(Shop.BcaCharge("order-1"));
            await before.ControlAsync("reset");
        }

        await using var after = await OpenShopAsync();

        Assert.Equal("404", (string?)(await after.StatusAsync("order-1"))["status_code"]);
    }

    [Fact]
    public async Task Chats_are_as_they_were_left()
    {
        await using (var before = await OpenMessengerAsync())
        {
            await before.ControlAsync("chats/2002/start", new JsonObject { ["bot"] = "default" });
            await before.SendAsync("before", 2002);
            await before.ControlAsync("chats/1001/block", new JsonObject { ["bot"] = "default" });
        }

        await using var after = await OpenMessengerAsync();
        await after.SendAsync("after", 2002);

        Assert.Equal(["before", "after"], await after.TextsAsync(2002));
        Assert.Equal(HttpStatusCode.Forbidden, (await after.SendAsync("hello", 1001)).Status);
    }

    [Fact]
    public async Task Mails_are_still_in_the_box()
    {
        var options = new MailSimulatorOptions { StateFile = Path.Combine(folder, "mail.json") };
        await using (var before = await MailSimulator.StartAsync(options))
        {
            using var client = new SmtpClient();
            await client.ConnectAsync("127.0.0.1", before.SmtpPort, SecureSocketOptions.None);
            await client.SendAsync(new MimeMessage(
                [MailboxAddress.Parse("from@example.com")], [MailboxAddress.Parse("to@example.com")], "Hello", new TextPart { Text = "Good morning" }));
            await client.DisconnectAsync(quit: true);
        }

        await using var after = await MailSimulator.StartAsync(options);
        using var http = new HttpClient { BaseAddress = after.BaseAddress };
        var mails = JsonNode.Parse(await http.GetStringAsync("control/messages?to=to@example.com"))!.AsArray();

        Assert.Equal("Hello", (string?)Assert.Single(mails)!["subject"]);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_named()
    {
        var path = Path.Combine(folder, "mail.json");
        await File.WriteAllTextAsync(path, "[{");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => MailSimulator.StartAsync(new MailSimulatorOptions { StateFile = path }));

        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--fresh", refusal.Message, StringComparison.Ordinal);
    }

    private Task<Shop> OpenShopAsync() => Shop.OpenAsync(options => options with { StateFile = Path.Combine(folder, "midtrans.json") });

    private Task<Messenger> OpenMessengerAsync() =>
        Messenger.OpenAsync(options => options with { StateFile = Path.Combine(folder, "telegram.json") });
}
