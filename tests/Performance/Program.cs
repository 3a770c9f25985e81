using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance;
using ServerlessBusiness.Tests.Performance.Load;
using ServerlessBusiness.Tests.Performance.Probes;
using ServerlessBusiness.Tests.Performance.Scale;
using ServerlessBusiness.Tests.Performance.Scenarios;
using ServerlessBusiness.Tests.Performance.Stage;

Loopback.BypassProxy();

Scenario[] known =
[
    new("http", "an authenticated read of one row through all middleware, against bare Kestrel", HttpScenario.RunAsync),
    new("stages", "the same read with one middleware more each time: where the time goes", StagesScenario.RunAsync),
    new("tenant", "what the tenant middleware and row-level security add to a read", TenantScenario.RunAsync),
    new("relay", "outbox to transport to handler, against bare commits", RelayScenario.RunAsync),
    new("users", "token validation, refresh and sign-in while passwords are hashed, against the least that each can be", UsersScenario.RunAsync),
    new("payments", "webhooks, charges and refusals of the payment gateway, against a bare insert and the provider itself", PaymentsScenario.RunAsync),
    new("refusals", "how long the five refusals of a sign-in take: they must not tell each other apart", RefusalsScenario.RunAsync),
    new("breaker", "how fast a payment is refused while the payment service is away, against a read", BreakerScenario.RunAsync),
    new("usage", "usage events, checks and consumption of a quota, and reports, against binary COPY", UsageScenario.RunAsync),
    new("notifications", "from the fact to Telegram: without limits, with them, and critical ones behind a backlog", NotificationsScenario.RunAsync),
    new("billing", "a billing run over many subscriptions and tenants, against binary COPY [subscriptions] [tenants] [invoices to read among]",
        (stack, cancellationToken) => BillingScenario.RunAsync(stack, args[0] == "all" ? [] : args[1..], cancellationToken)),
    new("documents", "invoices as PDF, against the same library writing the same words without a layout", DocumentsScenario.RunAsync),
    new("start", "each app's time to ready and resident memory", StartScenario.RunAsync),
];

switch (args)
{
    case [BareServer.Role]:
        await BareServer.RunAsync();
        return 0;
    case [ProbeApp.Role]:
        await ProbeApp.RunAsync(args);
        return 0;
    case ["scale-sim"]:
        ScaleScenario.Run(Console.Out);
        return 0;
    case ["all"]:
        return await RunAsync(known);
    case [var name, ..] when known.FirstOrDefault(scenario => scenario.Name == name) is { } chosen:
        return await RunAsync([chosen]);
    default:
        Console.WriteLine("Usage: dotnet run -c Release --project tests/Performance -- <scenario>\n");
        foreach (var scenario in known)
            Console.WriteLine($"  {scenario.Name,-8} {scenario.Summary}");
        Console.WriteLine($"  {"scale-sim",-8} queue delays, instances and costs at 1, 100 and 10,000 times the load, computed");
        Console.WriteLine($"  {"all",-8} all of them, one after the other");
        return args.Length == 0 ? 0 : 1;
}

static async Task<int> RunAsync(IEnumerable<Scenario> scenarios)
{
    using var signals = new StopSignals();
    try
    {
        await using var stack = await BenchStack.StartAsync(signals.Token);
        Console.WriteLine(Machine.Describe());
        foreach (var scenario in scenarios)
        {
            Console.WriteLine($"\n{scenario.Name}: {scenario.Summary}\n");
            await scenario.RunAsync(stack, signals.Token);
        }

        return 0;
    }
    catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
    {
        return 1;
    }
    catch (Exception problem) when (problem is StackException or LoadException)
    {
        await Console.Error.WriteLineAsync(problem.Message);
        return 1;
    }
}
