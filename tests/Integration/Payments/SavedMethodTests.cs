using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class SavedMethodTests(PaymentsDesk desk)
{
    private readonly Guid user = Guid.CreateVersion7();

    [Fact]
    public async Task A_card_is_kept_when_its_payer_wants_it_and_charged_again_without_his_hand()
    {
        using var payer = await desk.SignInAsync(user);
        var card = await KeepCardAsync(payer);
        var again = await desk.ChargeAsync(PaymentsDesk.By("credit_card", user, more: new { paymentMethodId = (string?)card["id"] }));

        Assert.Equal(("credit_card", "Card 481111-1114", true), ((string?)card["type"], (string?)card["display"], (bool)card["isDefault"]!));
        Assert.Equal("success", (string?)again["status"]);
    }

    [Fact]
    public async Task The_same_card_paid_with_twice_is_kept_as_often_as_the_provider_gave_tokens_and_only_when_asked()
    {
        using var payer = await desk.SignInAsync(user);
        await PayByCardAsync(saveMethod: false);
        Assert.Empty(await ListAsync(payer));
        await KeepCardAsync(payer);
        Assert.Single(await ListAsync(payer));
    }

    [Fact]
    public async Task Neither_the_row_nor_an_answer_holds_the_token()
    {
        using var payer = await desk.SignInAsync(user);
        var card = await KeepCardAsync(payer);
        var token = (string)JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{await LastOrderAsync()}"))!["wire"]!["saved_token_id"]!;
        var rows = await desk.QueryAsync<string>(
            "select m::text from payment_management.user_payment_methods m where user_id = @user union all "
            + "select p::text from payment_management.payment_transactions p where user_id = @user", new { user });

        Assert.NotEmpty(token);
        Assert.Matches(@"v1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+\.[\w-]+", rows[0]);
        Assert.DoesNotContain(token, string.Concat(rows) + card);
    }

    [Fact]
    public async Task A_token_that_was_moved_to_another_users_row_charges_nothing()
    {
        using var payer = await desk.SignInAsync(user);
        var card = await KeepCardAsync(payer);
        var thief = Guid.CreateVersion7();
        var moved = await desk.QueryAsync<Guid>(
            """
            insert into payment_management.user_payment_methods (tenant_id, id, user_id, type, provider, encrypted_data, created_at)
            select tenant_id, @id, @thief, type, provider, encrypted_data, created_at
            from payment_management.user_payment_methods where id = @card
            returning id
            """,
            new { id = Guid.CreateVersion7(), thief, card = Guid.Parse((string)card["id"]!) });
        var (status, refused) = await PaymentsDesk.PostAsync(
            desk.Payments, "v1/payments", PaymentsDesk.By("credit_card", thief, more: new { paymentMethodId = moved[0] }));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "PAYMENT_DECLINED"), (status, (string?)refused!["code"]));
    }

    [Fact]
    public async Task Nobody_sees_charges_or_deletes_anothers_method()
    {
        using var payer = await desk.SignInAsync(user);
        using var other = await desk.SignInAsync(Guid.CreateVersion7());
        var card = await KeepCardAsync(payer);

        Assert.Empty(await ListAsync(other));
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"v1/payment-methods/{card["id"]}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync($"v1/payment-methods/{card["id"]}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.PutAsync($"v1/payment-methods/{card["id"]}/default", null)).StatusCode);
        var (status, _) = await PaymentsDesk.PostAsync(
            desk.Payments, "v1/payments", PaymentsDesk.By("credit_card", more: new { paymentMethodId = (string?)card["id"] }));
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task A_wallet_is_linked_by_its_owner_charged_at_once_and_unlinked()
    {
        using var payer = await desk.SignInAsync(user);
        var (created, wallet) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", new { method = "gopay", phoneNumber = "81234567890" });
        var charge = PaymentsDesk.By("gopay", user, more: new { paymentMethodId = (string?)wallet!["id"] });
        var (early, refused) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", charge);
        await desk.Midtrans.GetStringAsync((string?)wallet["activationUrl"]);
        var enabled = JsonNode.Parse(await payer.GetStringAsync($"v1/payment-methods/{wallet["id"]}"))!;
        var paid = await desk.ChargeAsync(charge);
        using var deleted = await payer.DeleteAsync($"v1/payment-methods/{wallet["id"]}");

        Assert.Equal((HttpStatusCode.Created, "pending", "GoPay ••••890"), (created, (string?)wallet["state"], (string?)wallet["display"]));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "PAYMENT_METHOD_NOT_USABLE"), (early, (string?)refused!["code"]));
        Assert.Equal(("enabled", true), ((string?)enabled["state"], (bool)enabled["isDefault"]!));
        Assert.Equal("success", (string?)paid["status"]);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await ListAsync(payer));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wallet_is_charged_once_its_owner_has_consented_although_nobody_has_read_it_since(bool isNamed)
    {
        using var payer = await desk.SignInAsync(user);
        var (_, wallet) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", new { method = "gopay", phoneNumber = "81234567890" });
        await desk.Midtrans.GetStringAsync((string?)wallet!["activationUrl"]);
        var paid = await desk.ChargeAsync(
            isNamed ? PaymentsDesk.By("gopay", user, more: new { paymentMethodId = (string?)wallet["id"] }) : PaymentsDesk.By("saved", user));

        Assert.Equal(("success", "gopay"), ((string?)paid["status"], (string?)paid["method"]));
        Assert.Equal([(string)wallet["id"]!], await DefaultsAsync(payer));
    }

    [Fact]
    public async Task A_wallet_whose_key_is_gone_is_read_as_it_was_last_seen()
    {
        using var payer = await desk.SignInAsync(user);
        var (_, wallet) = await PaymentsDesk.PostAsync(payer, "v1/payment-methods", new { method = "gopay", phoneNumber = "81234567890" });
        await desk.QueryAsync<int>(
            "update payment_management.user_payment_methods set encrypted_data = 'v1.00000000.a.b.c' where id = @id",
            new { id = Guid.Parse((string)wallet!["id"]!) });

        Assert.Equal("pending", (string?)JsonNode.Parse(await payer.GetStringAsync($"v1/payment-methods/{wallet["id"]}"))!["state"]);
    }

    [Fact]
    public async Task One_of_a_users_methods_is_his_default()
    {
        using var payer = await desk.SignInAsync(user);
        await KeepCardAsync(payer);
        var second = await KeepCardAsync(payer, "5211111111111117");
        await payer.PutAsync($"v1/payment-methods/{second["id"]}/default", null);

        Assert.Equal([(string?)second["id"]], (await ListAsync(payer)).Where(item => (bool)item!["isDefault"]!).Select(item => (string?)item!["id"]));
    }

    [Fact]
    public async Task When_the_default_is_deleted_the_newest_other_one_takes_its_place()
    {
        using var payer = await desk.SignInAsync(user);
        var first = await KeepCardAsync(payer);
        await KeepCardAsync(payer, "5211111111111117");
        var newest = await KeepCardAsync(payer, "5555555555554444");
        using var deleted = await payer.DeleteAsync($"v1/payment-methods/{first["id"]}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal([(string)newest["id"]!], await DefaultsAsync(payer));
    }

    [Fact]
    public async Task When_the_default_has_expired_another_one_is_charged()
    {
        using var payer = await desk.SignInAsync(user);
        var first = await KeepCardAsync(payer);
        var second = await KeepCardAsync(payer, "5211111111111117");
        await desk.QueryAsync<int>(
            "update payment_management.user_payment_methods set expires_at = now() - interval '1 day' where id = @id",
            new { id = Guid.Parse((string)first["id"]!) });
        var paid = await desk.ChargeAsync(PaymentsDesk.By("saved", user));

        Assert.Equal("success", (string?)paid["status"]);
        Assert.Equal([(string)second["id"]!], await desk.QueryAsync<string>(
            "select payment_method_id::text from payment_management.payment_transactions where id = @id", new { id = Guid.Parse((string)paid["id"]!) }));
    }

    [Fact]
    public async Task Of_defaults_that_are_chosen_at_the_same_time_one_stays()
    {
        using var payer = await desk.SignInAsync(user);
        string[] cards = [(string)(await KeepCardAsync(payer))["id"]!, (string)(await KeepCardAsync(payer, "5211111111111117"))["id"]!];
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async at =>
        {
            using var chosen = await payer.PutAsync($"v1/payment-methods/{cards[at % 2]}/default", null);
            return chosen.StatusCode;
        }));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Single(await DefaultsAsync(payer));
    }

    [Fact]
    public async Task A_card_that_was_deleted_stays_deleted_when_its_payment_is_settled()
    {
        using var payer = await desk.SignInAsync(user);
        var card = await KeepCardAsync(payer);
        using var deleted = await payer.DeleteAsync($"v1/payment-methods/{card["id"]}");
        var order = await LastOrderAsync();
        await desk.ControlAsync($"transactions/{order}/settle");
        await WaitForStepAsync(order, "settlement");

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await ListAsync(payer));
    }

    [Fact]
    public async Task A_user_who_is_deleted_with_his_banks_page_open_leaves_no_card()
    {
        var payment = await desk.ChargeAsync(
            PaymentsDesk.By("credit_card", user, cardToken: await desk.CardTokenAsync(), more: new { saveMethod = true }));
        await desk.PublishAsync(new UserDeleted(user));
        await PaymentsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<long>(
                "select count(*) from payment_management.payment_transactions where user_id = @user and details ? 'saveMethod'", new { user }))[0] == 0,
            "The wish to keep the card was not dropped.");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        await desk.WaitForStatusAsync((string)payment["id"]!, "success");

        Assert.Equal([0L], await desk.QueryAsync<long>(
            "select count(*) from payment_management.user_payment_methods where user_id = @user", new { user }));
    }

    private Task WaitForStepAsync(string order, string step) => PaymentsDesk.WaitForAsync(
        async () => (await desk.QueryAsync<string>(
            "select provider_state from payment_management.payment_transactions where order_id = @order", new { order }))[0] == step,
        $"The payment did not come to {step}.");

    private static async Task<string[]> DefaultsAsync(HttpClient payer) =>
        [.. (await ListAsync(payer)).Where(item => (bool)item!["isDefault"]!).Select(item => (string)item!["id"]!)];

    private async Task<JsonNode> KeepCardAsync(HttpClient payer, string number = "4811111111111114")
    {
        await PayByCardAsync(saveMethod: true, number);
        return (await ListAsync(payer)).Single(item => ((string)item!["display"]!).EndsWith(number[^4..], StringComparison.Ordinal))!;
    }

    private async Task PayByCardAsync(bool saveMethod, string number = "4811111111111114")
    {
        var payment = await desk.ChargeAsync(
            PaymentsDesk.By("credit_card", user, cardToken: await desk.CardTokenAsync(number), more: new { saveMethod }));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
    }

    private async Task<string> LastOrderAsync() => Assert.Single(await desk.QueryAsync<string>(
        "select order_id from payment_management.payment_transactions where user_id = @user order by id desc limit 1", new { user }));

    private static async Task<JsonArray> ListAsync(HttpClient payer) =>
        JsonNode.Parse(await payer.GetStringAsync("v1/payment-methods"))!["items"]!.AsArray();
}
