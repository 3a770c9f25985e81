using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Billing before a payment gateway that fails; its breaker opens after four calls and for two seconds.</summary>
[Collection<KernelCollection>]
public sealed class CircuitBreakerTests(KernelDesk desk)
{
    [Fact]
    public async Task A_failing_gateway_is_left_alone_and_found_again()
    {
        using var user = await NewPayerAsync();
        var invoice = await NewInvoiceAsync(user);
        await UntilPaymentsAreTakenAsync(user, invoice);

        desk.Payments.IsBroken = true;
        await UntilOpenAsync(user, invoice, "payment-gateway answered 500.");
        var reached = desk.Payments.Calls;
        for (var call = 0; call < 20; call++)
        {
            using var answer = await PayAsync(user, invoice);
            await Problem.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, "SERVICE_UNAVAILABLE");
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        }

        // While it is open one call may try whether the gateway is back.
        Assert.InRange(desk.Payments.Calls - reached, 0, 1);

        desk.Payments.IsBroken = false;
        await UntilPaymentsAreTakenAsync(user, invoice);
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_named_and_found_again()
    {
        using var user = await NewPayerAsync();
        var invoice = await NewInvoiceAsync(user);
        await UntilPaymentsAreTakenAsync(user, invoice);

        await desk.Payments.StopAsync();
        await UntilOpenAsync(user, invoice, "payment-gateway could not be reached.");
        await desk.Payments.StartAsync();

        await UntilPaymentsAreTakenAsync(user, invoice);
    }

    [Fact]
    public async Task A_charge_the_bank_has_not_answered_is_asked_for_again_under_the_same_key()
    {
        using var user = await NewPayerAsync();
        var invoice = await NewInvoiceAsync(user);
        await UntilPaymentsAreTakenAsync(user, invoice);
        user.DefaultRequestHeaders.Add("Idempotency-Key", $"pay-{invoice}");

        desk.Payments.IsWaitingForTheBank = true;
        using (var early = await PayAsync(user, invoice))
            await Problem.AssertAsync(early, HttpStatusCode.ServiceUnavailable, "PAYMENT_BEING_PREPARED");
        desk.Payments.IsWaitingForTheBank = false;

        using var later = await PayAsync(user, invoice);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Contains("812785000000001", await later.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> PayAsync(HttpClient user, Guid invoice) =>
        user.PostAsJsonAsync($"v1/invoices/{invoice}/pay", new { method = "bank_transfer", bank = "bca" });

    // The answer first says what went wrong, and then that nobody asks any more.
    private static async Task UntilOpenAsync(HttpClient user, Guid invoice, string reason)
    {
        var sentences = new List<string>();
        while (sentences.Count < 20)
        {
            using var answer = await PayAsync(user, invoice);
            var problem = await Problem.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, "SERVICE_UNAVAILABLE");
            Assert.NotNull(answer.Headers.RetryAfter);
            sentences.Add((string)problem["detail"]!);
            if (sentences[^1].Contains("left alone", StringComparison.Ordinal))
                break;
        }
        Assert.Equal(reason, sentences[0]);
        Assert.InRange(sentences.Count, 2, 19);
    }

    private static Task UntilPaymentsAreTakenAsync(HttpClient user, Guid invoice) => Eventually.HoldsAsync(
        async () =>
        {
            using var answer = await PayAsync(user, invoice);
            if (answer.StatusCode != HttpStatusCode.OK)
                return false;
            Assert.Equal("order-1", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["orderId"]);
            return true;
        },
        "The payment gateway works and is not asked.");

    private async Task<HttpClient> NewPayerAsync()
    {
        var tenant = await desk.NewTenantAsync();
        return desk.Others.Client(FunctionApp.Billing, tenant, await desk.Sessions.SignInAsync(tenant, Guid.CreateVersion7(), ["*"]));
    }

    private async Task<Guid> NewInvoiceAsync(HttpClient user)
    {
        var id = Guid.CreateVersion7();
        await desk.ExecuteAsync(
            """
            insert into billing_management.invoices (tenant_id, id, invoice_number, user_id, amount, tax_rate, tax_amount, total_amount,
                                                     currency, due_date, created_at, updated_at)
            values (@tenant, @id, 'INV-TEST', @id, 479000, 0.11, 52690, 531690, 'IDR', now() + interval '7 days', now(), now())
            """,
            new { id, tenant = user.DefaultRequestHeaders.GetValues("X-Tenant-ID").Single() });
        return id;
    }
}
