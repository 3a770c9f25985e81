using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// Billing is asked to take a payment while Payments is away. Once its breaker is open nobody waits for Payments any more; what is left to do
// is finding the invoice, so reading it is the limit.
internal static class BreakerScenario
{
    private const int Warming = 500;
    private const int Rounds = 1_000;
    private const string Invoice = "01930000-0000-7000-8000-00000000be01";

    public static async Task RunAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var settings = HttpScenario.AsDeployed;
        // Nobody listens there, and the circuit stays open for as long as this takes.
        settings["PAYMENTS_URL"] = "http://127.0.0.1:1";
        settings["SERVICE_BREAKER_SECONDS"] = "600";
        await using var users = await stack.StartAppAsync(FunctionApp.Users, HttpScenario.AsDeployed, cancellationToken);
        await using var billing = await stack.StartAppAsync(FunctionApp.Billing, settings, cancellationToken);
        await InsertInvoiceAsync(stack, cancellationToken);
        using var client = new HttpClient { BaseAddress = billing.BaseAddress };
        foreach (var (name, value) in HttpScenario.Signed(await stack.SignInAsync(cancellationToken)))
            client.DefaultRequestHeaders.Add(name, value);

        var refused = new List<long>();
        var read = new List<long>();
        for (var round = 0; round < Warming + Rounds; round++)
        {
            var refusal = await MeasureAsync(
                () => client.PostAsJsonAsync($"/v1/invoices/{Invoice}/pay", new { method = "bank_transfer", bank = "bca" }, cancellationToken),
                HttpStatusCode.ServiceUnavailable, round < Warming ? "" : "left alone");
            var answer = await MeasureAsync(() => client.GetAsync($"/v1/invoices/{Invoice}", cancellationToken), HttpStatusCode.OK, "");
            if (round < Warming)
                continue;
            refused.Add(refusal);
            read.Add(answer);
        }

        var table = new ResultTable($"open circuit, {Rounds} calls", "refusal", "limit (a read)", "ratio", "aim");
        foreach (var (name, share) in new[] { ("p50", 0.5), ("p95", 0.95), ("p99", 0.99) })
        {
            var (ours, limit) = (LoadRun.MillisecondsAt([.. refused.Order()], share), LoadRun.MillisecondsAt([.. read.Order()], share));
            table.Row(name, ResultTable.Milliseconds(ours), ResultTable.Milliseconds(limit), ResultTable.Ratio(limit / ours), "< 50 ms");
        }

        table.Print();
    }

    private static async Task<long> MeasureAsync(Func<Task<HttpResponseMessage>> ask, HttpStatusCode expected, string words)
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await ask();
        var elapsed = Stopwatch.GetTimestamp() - started;
        var text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == expected && text.Contains(words, StringComparison.Ordinal)
            ? elapsed
            : throw new LoadException($"{(int)expected} was expected, but it is {(int)answer.StatusCode}: {text}");
    }

    private static Task InsertInvoiceAsync(BenchStack stack, CancellationToken cancellationToken) => stack.ExecuteAsync(
        $"""
        insert into billing_management.invoices (tenant_id, id, invoice_number, user_id, amount, tax_rate, tax_amount, total_amount,
                                                 currency, due_date, created_at, updated_at)
        select tenant_id, '{Invoice}', 'INV-BENCH', id, 479000, 0.11, 52690, 531690, 'IDR', now() + interval '7 days', now(), now()
        from user_management.users where tenant_id = 'default' and username = 'user'
        on conflict do nothing
        """,
        cancellationToken);
}
