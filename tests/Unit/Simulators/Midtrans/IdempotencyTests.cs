using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class IdempotencyTests
{
    [Fact]
    public async Task The_same_key_gets_the_stored_answer_for_five_minutes()
    {
        var clock = new FakeTimeProvider();
        await using var shop = await Shop.OpenAsync(options => options with { Clock = clock });
        var first = await shop.ChargeAsync(Shop.BcaCharge("order"), ("Idempotency-Key", "key"));

        // Even when the body differs.
        var second = await shop.ChargeAsync(Shop.BcaCharge("another"), ("Idempotency-Key", "key"));
        Assert.Equal((string?)first["transaction_id"], (string?)second["transaction_id"]);

        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("406", (string?)(await shop.ChargeAsync(Shop.BcaCharge("order"), ("Idempotency-Key", "key")))["status_code"]);
    }

    [Fact]
    public async Task Refusals_are_not_kept()
    {
        await using var shop = await Shop.OpenAsync();
        Assert.Equal("400", (string?)(await shop.ChargeAsync(Shop.BcaCharge("a b"), ("Idempotency-Key", "key")))["status_code"]);

        Assert.Equal("201", (string?)(await shop.ChargeAsync(Shop.BcaCharge("ab"), ("Idempotency-Key", "key")))["status_code"]);
    }

    [Theory]
    [InlineData("bank_transfer", """{"bank":"permata"}""", "key")]
    [InlineData("cstore", """{"store":"indomaret"}""", "key")]
    [InlineData("bank_transfer", """{"bank":"bca"}""", "a-key-that-is-longer-than-the-forty-six-characters")]
    public async Task Some_channels_and_long_keys_are_not_honoured(string paymentType, string methodObject, string key)
    {
        await using var shop = await Shop.OpenAsync();
        var charge = Shop.Charge(paymentType, "order", 10_000, methodObject);
        await shop.ChargeAsync(charge, ("Idempotency-Key", key));

        Assert.Equal("406", (string?)(await shop.ChargeAsync(charge, ("Idempotency-Key", key)))["status_code"]);
    }

    [Fact]
    public async Task After_a_lost_answer_the_key_brings_it_back()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ControlAsync("next-charge", new() { ["mode"] = "timeoutAfterSuccess", ["delayMs"] = 50 });
        await Assert.ThrowsAsync<HttpRequestException>(() => shop.ChargeAsync(Shop.BcaCharge("lost"), ("Idempotency-Key", "key")));

        var again = await shop.ChargeAsync(Shop.BcaCharge("lost"), ("Idempotency-Key", "key"));

        Assert.Equal("201", (string?)again["status_code"]);
        Assert.Equal((string?)(await shop.StatusAsync("lost"))["transaction_id"], (string?)again["transaction_id"]);
    }

    [Fact]
    public async Task While_the_first_call_runs_a_second_one_is_told_to_wait()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ControlAsync("next-charge", new() { ["mode"] = "slow", ["delayMs"] = 5_000 });
        var first = shop.ChargeAsync(Shop.BcaCharge("slow"), ("Idempotency-Key", "key"));
        var deadline = DateTime.UtcNow.AddSeconds(4);
        while ((string?)(await shop.StatusAsync("slow"))["status_code"] == "404" && DateTime.UtcNow < deadline)
        {
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "v2/charge") { Content = Shop.Json(Shop.BcaCharge("slow")) };
        request.Headers.Add("Idempotency-Key", "key");
        using var second = await shop.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.False(first.IsCompleted);
    }
}
