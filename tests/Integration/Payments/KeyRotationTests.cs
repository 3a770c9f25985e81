using System.Net;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Payments;

public sealed class KeyRotationTests(PaymentsDesk desk) : IClassFixture<PaymentsDesk>
{
    // 32 bytes each, in Base64.
    private const string Old = "bG9jYWwtcGF5bWVudC1lbmNyeXB0aW9uLVNBTVBMRSE=";
    private const string New = "bmV3LXBheW1lbnQtZW5jcnlwdGlvbi1rZXktMDAwMDE=";

    [Fact]
    public async Task A_new_key_reads_what_the_old_one_sealed_until_everything_is_sealed_anew()
    {
        var user = Guid.CreateVersion7();
        var payment = await desk.ChargeAsync(
            PaymentsDesk.By("credit_card", user, cardToken: await desk.CardTokenAsync(), more: new { saveMethod = true }));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        var card = Assert.Single(await desk.QueryAsync<Guid>("select id from payment_management.user_payment_methods where user_id = @user", new { user }));
        var before = await SealedAsync(card);

        await desk.Apps.StartAppAsync(FunctionApp.Payments, Keys(New, Old));
        Assert.Equal("success", await PayAsync(user, card));
        using var administrator = await desk.SignInAsync(Guid.CreateVersion7(), PaymentsDesk.Tenant, "*");
        var (status, done) = await PaymentsDesk.PostAsync(administrator, "v1/vault/reencrypt");
        var (_, again) = await PaymentsDesk.PostAsync(administrator, "v1/vault/reencrypt");
        await desk.Apps.StartAppAsync(FunctionApp.Payments, Keys(New, ""));

        Assert.Equal((HttpStatusCode.OK, 1, 0), (status, (int)done!["sealed"]!, (int)done["unreadable"]!));
        Assert.Equal(0, (int)again!["sealed"]!);
        Assert.NotEqual(before, await SealedAsync(card));
        Assert.Equal("success", await PayAsync(user, card));
    }

    [Fact]
    public async Task Only_administrators_of_the_platform_seal_anew()
    {
        using var tenants = await desk.SignInAsync(Guid.CreateVersion7(), await desk.NewTenantAsync(), "*");
        using var clerk = await desk.SignInAsync(Guid.CreateVersion7(), PaymentsDesk.Tenant, "payments:read");

        Assert.Equal(HttpStatusCode.Forbidden, (await PaymentsDesk.PostAsync(tenants, "v1/vault/reencrypt")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PaymentsDesk.PostAsync(clerk, "v1/vault/reencrypt")).Status);
    }

    private async Task<string?> PayAsync(Guid user, Guid card) =>
        (string?)(await desk.ChargeAsync(PaymentsDesk.By("credit_card", user, more: new { paymentMethodId = card })))["status"];

    private async Task<string> SealedAsync(Guid card) => Assert.Single(await desk.QueryAsync<string>(
        "select encrypted_data from payment_management.user_payment_methods where id = @card", new { card }));

    private static Dictionary<string, string?> Keys(string current, string old) =>
        new() { ["PAYMENT_ENCRYPTION_KEY"] = current, ["PAYMENT_ENCRYPTION_OLD_KEYS"] = old };
}
