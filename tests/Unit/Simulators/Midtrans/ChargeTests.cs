using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class ChargeTests(ShopFixture fixture) : IClassFixture<ShopFixture>
{
    readonly Shop _shop = fixture.Shop;

    [Theory]
    [InlineData("c-bca", "bank_transfer", """{"bank":"bca"}""")]
    [InlineData("c-bni", "bank_transfer", """{"bank":"bni"}""")]
    [InlineData("c-bri", "bank_transfer", """{"bank":"bri"}""")]
    [InlineData("c-permata", "bank_transfer", """{"bank":"permata"}""")]
    [InlineData("c-mandiri-echannel", "echannel", """{"bill_info1":"Payment:","bill_info2":"pro"}""")]
    [InlineData("c-gopay", "gopay", "{}")]
    [InlineData("c-shopeepay", "shopeepay", """{"callback_url":"https://example.com"}""")]
    [InlineData("c-alfamart", "cstore", """{"store":"alfamart"}""")]
    [InlineData("c-indomaret", "cstore", """{"store":"indomaret"}""")]
    public async Task The_answer_of_a_method_carries_every_field_of_the_published_one(string id, string paymentType, string methodObject)
    {
        var answer = await _shop.ChargeAsync(Shop.Charge(paymentType, id, 44_000, methodObject));

        AssertCarries(PublishedBodies.Body(id), answer);
        Assert.Equal("44000.00", (string?)answer["gross_amount"]);
    }

    [Fact]
    public async Task A_card_with_3ds_is_sent_to_a_page_and_captured_after_it()
    {
        var answer = await _shop.ChargeAsync(await CardAsync("card-3ds", authentication: true));
        AssertCarries(PublishedBodies.Body("c-card-3ds-201"), answer);

        var page = await _shop.Http.GetStringAsync((string)answer["redirect_url"]!);
        Assert.Contains("card-3ds", page);
        await _shop.ControlAsync("transactions/card-3ds/authenticate");

        var status = await _shop.StatusAsync("card-3ds");
        Assert.Equal(("200", "capture", "accept"), Outcome(status));
        AssertCarries(PublishedBodies.Body("p-card-capture"), status);
    }

    [Theory]
    [InlineData("4811111111111114", "200", "capture", "accept")]
    [InlineData("4511111111111117", "201", "capture", "challenge")]
    [InlineData("4911111111111113", "202", "deny", "deny")]
    public async Task The_test_cards_of_the_sandbox_are_known(string number, string code, string status, string fraud)
    {
        var answer = await _shop.ChargeAsync(await CardAsync($"card-{number}", number: number));

        Assert.Equal((code, status, fraud), Outcome(answer));
    }

    [Fact]
    public async Task A_captured_card_answers_as_published_and_its_token_is_used_up()
    {
        var charge = await CardAsync("card-once");
        AssertCarries(PublishedBodies.Body("c-card-capture-200"), await _shop.ChargeAsync(charge));

        charge["transaction_details"]!["order_id"] = "card-twice";
        Assert.Equal("411", Text(await _shop.ChargeAsync(charge), "status_code"));
    }

    [Fact]
    public async Task A_saved_card_can_be_charged_again()
    {
        var first = await CardAsync("card-save");
        first["credit_card"]!["save_token_id"] = true;
        var saved = Text(await _shop.ChargeAsync(first), "saved_token_id");

        foreach (var order in new[] { "card-again-1", "card-again-2" })
        {
            var again = Shop.Charge("credit_card", order, 10_000, $$"""{"token_id":"{{saved}}"}""");
            Assert.Equal("capture", Text(await _shop.ChargeAsync(again), "transaction_status"));
        }
    }

    [Fact]
    public async Task Held_money_is_taken_by_a_capture_call()
    {
        var charge = await CardAsync("card-hold");
        charge["credit_card"]!["type"] = "authorize";
        var held = await _shop.ChargeAsync(charge);
        Assert.Equal("authorize", Text(held, "transaction_status"));

        var taken = await _shop.PostAsync(
            "v2/capture", new JsonObject { ["transaction_id"] = Text(held, "transaction_id"), ["gross_amount"] = 9_000 });

        Assert.Equal(("200", "capture", "accept"), Outcome(taken));
        Assert.Equal("9000.00", Text(taken, "gross_amount"));
    }

    [Fact]
    public async Task A_wrong_key_is_401()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v2/charge") { Content = Shop.Json(Shop.BcaCharge("wrong-key")) };
        request.Headers.Authorization = Shop.Basic("SB-Mid-server-other");
        using var response = await _shop.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("401", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status_code"]);
    }

    [Fact]
    public async Task An_active_order_id_cannot_be_charged_again_and_an_expired_one_can()
    {
        await _shop.ChargeAsync(Shop.BcaCharge("twice"));
        Assert.Equal("406", Text(await _shop.ChargeAsync(Shop.BcaCharge("twice")), "status_code"));

        await _shop.PostAsync("v2/twice/expire");
        Assert.Equal("201", Text(await _shop.ChargeAsync(Shop.BcaCharge("twice")), "status_code"));
    }

    [Fact]
    public async Task Only_one_of_many_charges_of_one_order_at_once_succeeds()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _shop.ChargeAsync(Shop.BcaCharge("rush"))));

        Assert.Single(answers, answer => Text(answer, "status_code") == "201");
        Assert.Equal(19, answers.Count(answer => Text(answer, "status_code") == "406"));
    }

    [Theory]
    [InlineData("""{"order_id":"a","gross_amount":10.5}""", "400")]
    [InlineData("""{"order_id":"a","gross_amount":"10000"}""", "400")]
    [InlineData("""{"order_id":"a","gross_amount":0}""", "400")]
    [InlineData("""{"order_id":"a b","gross_amount":1}""", "400")]
    [InlineData("""{"order_id":"a\n","gross_amount":1}""", "400")]
    [InlineData("""{"order_id":"012345678901234567890123456789012345678901234567890","gross_amount":1}""", "400")]
    [InlineData("""{"gross_amount":1}""", "400")]
    [InlineData("""{"order_id":"a"}""", "400")]
    [InlineData("""{"order_id":7,"gross_amount":1}""", "408")]
    public async Task Wrong_transaction_details_are_refused(string details, string code)
    {
        var charge = Shop.BcaCharge("ignored");
        charge["transaction_details"] = JsonNode.Parse(details);

        Assert.Equal(code, Text(await _shop.ChargeAsync(charge), "status_code"));
    }

    [Fact]
    public async Task Items_have_to_add_up()
    {
        var charge = Shop.BcaCharge("items", 30_000);
        charge["item_details"] = JsonNode.Parse("""[{"name":"pro","price":10000,"quantity":2}]""");
        Assert.Equal("400", Text(await _shop.ChargeAsync(charge), "status_code"));

        charge["item_details"]![0]!["quantity"] = 3;
        Assert.Equal("201", Text(await _shop.ChargeAsync(charge), "status_code"));
    }

    [Fact]
    public async Task An_unknown_method_is_402_and_dana_is_one_here() =>
        Assert.Equal("402", Text(await _shop.ChargeAsync(Shop.Charge("dana", "dana-core", 1_000)), "status_code"));

    [Theory]
    [InlineData("{", "application/json", "413")]
    [InlineData("{}", "text/plain", "400")]
    public async Task A_body_that_is_not_json_is_refused(string body, string mediaType, string code)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var response = await _shop.Http.PostAsync("v2/charge", content);

        Assert.Equal(code, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status_code"]);
    }

    [Fact]
    public async Task Permata_stumbles_over_a_charset()
    {
        var charge = Shop.Charge("bank_transfer", "charset", 1_000, """{"bank":"permata"}""");
        using var response = await _shop.Http.PostAsync(
            "v2/charge", new StringContent(charge.ToJsonString(), new MediaTypeHeaderValue("application/json", "utf-8")));

        Assert.Equal("408", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["status_code"]);
    }

    async Task<JsonObject> CardAsync(string orderId, bool authentication = false, string number = "4811111111111114") =>
        Shop.Charge("credit_card", orderId, 10_000, new JsonObject
        {
            ["token_id"] = await _shop.CardTokenAsync(number),
            ["authentication"] = authentication
        }.ToJsonString());

    static (string?, string?, string?) Outcome(JsonObject body) =>
        (Text(body, "status_code"), Text(body, "transaction_status"), Text(body, "fraud_status"));

    static string? Text(JsonObject body, string name) => (string?)body[name];

    // The same names, the same result, and the same absence of a fraud status.
    static void AssertCarries(JsonObject published, JsonObject answer)
    {
        Assert.Empty(published.Select(field => field.Key).Except(answer.Select(field => field.Key)));
        Assert.Equal((string?)published["status_code"], Text(answer, "status_code"));
        Assert.Equal((string?)published["transaction_status"], Text(answer, "transaction_status"));
        Assert.Equal(published.ContainsKey("fraud_status"), answer.ContainsKey("fraud_status"));
        foreach (var (name, value) in published)
            Assert.Equal(value?.GetValueKind(), answer[name]?.GetValueKind());
    }
}
