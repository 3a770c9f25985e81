using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Stage;

namespace ServerlessBusiness.Tests.Performance.Scenarios;

// The monthly run as it is deployed: started over HTTP or by the timer, its pages as messages, the relay sending what it tells. Each invoice
// has two lines, one of them a coupon's.
internal static class BillingScenario
{
    private const string HeapLimit = "0x7800000";
    private const int Warming = 20_000;
    private const int Fewer = 10_000;
    private const int Readers = 8;

    public static async Task RunAsync(BenchStack stack, string[] arguments, CancellationToken cancellationToken)
    {
        var subscriptions = Argument(arguments, 0, 100_000);
        var tenants = Argument(arguments, 1, 200);
        var invoices = Argument(arguments, 2, 1_000_000);
        var settings = HttpScenario.AsDeployed;
        // Beyond it the process would end with an out-of-memory exception: what is managed never needs more.
        settings["DOTNET_GCHeapHardLimit"] = HeapLimit;
        // What follows a run is not part of it: collecting and drawing a hundred thousand invoices would go on beside all that is measured after.
        settings["AzureWebJobs_CollectInvoices_Disabled"] = "true";
        settings["AzureWebJobs_DocumentsListener_Disabled"] = "true";
        await using var app = await stack.StartAppAsync(FunctionApp.Billing, settings, cancellationToken);
        var books = new BillingBooks(stack);
        await books.PrepareAsync(cancellationToken);
        using var client = new Client(stack, app);

        await books.SeedAsync("warm", tenants: 1, Warming, cancellationToken);
        await RunOfOneAsync(books, client, "warm-1", cancellationToken);
        await books.SeedAsync("few", tenants: 1, Fewer, cancellationToken);
        await RunOfOneAsync(books, client, "few-1", cancellationToken);
        var afterFew = Resident(app);

        await books.SeedAsync("one", tenants: 1, subscriptions, cancellationToken);
        var one = await RunOfOneAsync(books, client, "one-1", cancellationToken);
        var afterMany = Resident(app);
        var again = await RunOfOneAsync(books, client, "one-1", cancellationToken);
        var copy = await books.CopyAsync("one-1", subscriptions, cancellationToken);
        var (ours, limit) = (subscriptions / one.TotalSeconds, subscriptions / copy.TotalSeconds);
        new ResultTable($"run over {subscriptions:#,0} subscriptions of one tenant", "ours", "limit (binary COPY)", "ratio", "aim")
            .Row("invoices/s", ResultTable.Count(ours), ResultTable.Count(limit), ResultTable.Ratio(ours / limit), ">= 5,000/s, >= 0.25")
            .Row("second run finds nothing in", ResultTable.Milliseconds(again.TotalMilliseconds), "", "", "< 3,000 ms")
            .Print();
        Console.WriteLine();

        await books.SeedAsync("many", tenants, subscriptions / tenants, cancellationToken);
        var many = await RunOfManyAsync(books, client, tenants, cancellationToken);
        new ResultTable($"run over {tenants} tenants of {subscriptions / tenants:#,0}, 4 workers", "ours", "aim")
            .Row("invoices/s", ResultTable.Count(subscriptions / tenants * tenants / many.TotalSeconds), ">= 6,000/s")
            .Print();
        Console.WriteLine($"\nManaged heap limited to 120 MB. Memory of the app after {Fewer:#,0}: {afterFew} MB, after {subscriptions:#,0}: {afterMany} MB, "
            + $"at the end: {Resident(app)} MB.\n");

        if (invoices > 0)
            await ReadsAsync(books, client, invoices, cancellationToken);
    }

    private static async Task<TimeSpan> RunOfOneAsync(BillingBooks books, Client client, string tenant, CancellationToken cancellationToken)
    {
        await client.PostAsync(tenant, "/v1/billing-runs", "{}", cancellationToken);
        await books.WaitForRunsAsync(tenant, cancellationToken);
        return await books.LastRunAsync(tenant, cancellationToken);
    }

    private static async Task<TimeSpan> RunOfManyAsync(BillingBooks books, Client client, int tenants, CancellationToken cancellationToken)
    {
        await client.FireAsync("RunMonthlyBilling", cancellationToken);
        await books.WaitForRunsAsync("many-%", cancellationToken, tenants);
        return await books.LastRunAsync("many-%", cancellationToken);
    }

    private static async Task ReadsAsync(BillingBooks books, Client client, int invoices, CancellationToken cancellationToken)
    {
        var id = await books.FillAsync("one-1", invoices, cancellationToken);
        var table = new ResultTable($"reads with {await books.CountAsync(cancellationToken):#,0} invoices, {Readers} callers", "p50", "p95", "aim");
        foreach (var (name, path) in new[] { ("list of the newest", "/v1/invoices?limit=20"), ("one with its lines", $"/v1/invoices/{id}") })
        {
            using var target = new LoadTarget(name, client.ProcessId, (http, _, token) => client.GetAsync(http, "one-1", path, token))
            {
                LongestWarming = TimeSpan.FromSeconds(6),
            };
            var run = (await LoadTarget.CompareAsync([target], Readers, 1, TimeSpan.FromSeconds(5), cancellationToken))[0];
            table.Row(name, ResultTable.Milliseconds(run.Percentile(0.5)), ResultTable.Milliseconds(run.Percentile(0.95)), "p95 < 15 ms");
        }

        table.Print();
    }

    private static int Argument(string[] arguments, int place, int otherwise) =>
        arguments.Length > place ? int.Parse(arguments[place], CultureInfo.InvariantCulture) : otherwise;

    private static long Resident(ServiceProcess app)
    {
        using var process = Process.GetProcessById(app.ProcessId);
        return process.WorkingSet64 / 1_048_576;
    }

    // Another service, whose token may do everything.
    private sealed class Client(BenchStack stack, ServiceProcess app) : IDisposable
    {
        private readonly ServiceToken tokens = new(
            Options.Create(new TokenOptions { Secret = LocalSettings.Shared(stack.Endpoints)["JWT_SECRET"]! }), ServiceIdentity.Subscriptions,
            TimeProvider.System);

        private readonly HttpMessageInvoker own = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        private (string Value, long At) token;

        public int ProcessId => app.ProcessId;

        public Task PostAsync(string tenant, string path, string body, CancellationToken cancellationToken) => SendAsync(
            own, tenant, new HttpRequestMessage(HttpMethod.Post, new Uri(app.BaseAddress, path)) { Content = Json(body) }, HttpStatusCode.OK, cancellationToken);

        public Task FireAsync(string timer, CancellationToken cancellationToken) => SendAsync(
            own, "default",
            new HttpRequestMessage(HttpMethod.Post, new Uri(app.BaseAddress, $"/admin/functions/{timer}")) { Content = Json("{\"input\":\"\"}") },
            HttpStatusCode.Accepted, cancellationToken);

        public Task GetAsync(HttpMessageInvoker http, string tenant, string path, CancellationToken cancellationToken) => SendAsync(
            http, tenant, new HttpRequestMessage(HttpMethod.Get, new Uri(app.BaseAddress, path)), HttpStatusCode.OK, cancellationToken);

        public void Dispose() => own.Dispose();

        private static ByteArrayContent Json(string body) =>
            new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        private async Task SendAsync(
            HttpMessageInvoker http, string tenant, HttpRequestMessage request, HttpStatusCode expected, CancellationToken cancellationToken)
        {
            using (request)
            {
                request.Headers.TryAddWithoutValidation("X-Tenant-ID", tenant);
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Token()}");
                using var answer = await http.SendAsync(request, cancellationToken);
                if (answer.StatusCode != expected)
                    throw new LoadException($"{request.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
                await answer.Content.CopyToAsync(Stream.Null, cancellationToken);
            }
        }

        // It lives for five minutes; a new one each minute.
        private string Token()
        {
            if (token.Value is null || Stopwatch.GetElapsedTime(token.At) > TimeSpan.FromMinutes(1))
                token = (tokens.Create(ServiceIdentity.Billing.Key), Stopwatch.GetTimestamp());
            return token.Value;
        }
    }
}
