using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class PersonalDataTests(PaymentsDesk desk)
{
    [Fact]
    public async Task A_payer_is_told_which_account_he_was_to_pay_to_and_which_card_he_paid_with()
    {
        var user = Guid.CreateVersion7();
        await desk.ChargeAsync(PaymentsDesk.By("bank_transfer", user, more: new { bank = "bca" }));
        await desk.ChargeAsync(PaymentsDesk.By("credit_card", user, cardToken: await desk.CardTokenAsync("4811111111111114")));

        var rows = JsonNode.Parse(await desk.Payments.GetStringAsync($"v1/personal-data/{user}"))!["items"]!.AsArray();

        var payments = rows.Select(row => row!["data"]!).ToDictionary(payment => (string)payment["payment_method"]!);
        Assert.Matches("^[0-9]{8,}$", (string?)payments["bank_transfer"]["instructions"]!["vaNumber"]);
        Assert.Matches("^4811.*1114$", (string?)payments["credit_card"]["masked_card"]);
    }
}
