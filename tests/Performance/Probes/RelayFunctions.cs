using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Performance.Load;

namespace ServerlessBusiness.Tests.Performance.Probes;

// Seconds until the last message was written and until its handler had committed; delays from fact to handler in milliseconds.
public sealed record RelayFigures(int Messages, double WrittenAfter, double HandledAfter, double P50, double P95, double P99);

public sealed record CommitFigures(int Commits, double Seconds);

public sealed class RelayFunctions(Database database, Inbox inbox, RelayMeter meter, PlainUsers plain, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    [Function("RelayHandler")]
    public async Task Handle(
        [ServiceBusTrigger(Topology.LowNotifications, Connection = Topology.Connection)] string body, CancellationToken cancellationToken)
    {
        Guid? fact = null;
        await inbox.HandleAsync(
            body,
            (message, _) =>
            {
                fact = ((NotificationRequested)message).NotificationId;
                return Task.CompletedTask;
            },
            cancellationToken);
        if (fact is { } committed)
            meter.Handled(committed);
    }

    /// <summary>As many messages as it can, in transactions of the given size, by several writers at once.</summary>
    [Function("RelayBurst"), Anonymous(NeedsTenant = false)]
    public async Task<Ok<RelayFigures>> Burst(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "relay/burst")] HttpRequest request,
        int messages, int perTransaction, int writers, CancellationToken cancellationToken)
    {
        var run = meter.Begin(messages);
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, messages).Chunk(perTransaction),
            new ParallelOptions { MaxDegreeOfParallelism = writers, CancellationToken = cancellationToken },
            async (indexes, token) => await WriteAsync(run, indexes, token));
        var written = Stopwatch.GetElapsedTime(started);
        return await FiguresAsync(run, messages, started, written, cancellationToken);
    }

    /// <summary>A steady stream of single messages, whether or not the earlier ones are done.</summary>
    [Function("RelaySteady"), Anonymous(NeedsTenant = false)]
    public async Task<Ok<RelayFigures>> Steady(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "relay/steady")] HttpRequest request,
        int perSecond, int seconds, CancellationToken cancellationToken)
    {
        var messages = perSecond * seconds;
        var run = meter.Begin(messages);
        var started = Stopwatch.GetTimestamp();
        var writing = new List<Task>(messages);
        using var ticks = new PeriodicTimer(Tick);
        while (writing.Count < messages && await ticks.WaitForNextTickAsync(cancellationToken))
        {
            var due = Math.Min(messages, (int)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond));
            while (writing.Count < due)
                writing.Add(WriteAsync(run, [writing.Count], cancellationToken));
        }

        await Task.WhenAll(writing);
        return await FiguresAsync(run, messages, started, Stopwatch.GetElapsedTime(started), cancellationToken);
    }

    /// <summary>The limit: a row and a commit for each message, and nothing else.</summary>
    [Function("RelayCommits"), Anonymous(NeedsTenant = false)]
    public async Task<Ok<CommitFigures>> Commits(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "relay/commits")] HttpRequest request,
        int commits, int writers, CancellationToken cancellationToken)
    {
        var body = new string('x', 400);
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, commits),
            new ParallelOptions { MaxDegreeOfParallelism = writers, CancellationToken = cancellationToken },
            async (_, token) => await plain.InsertAsync(Guid.CreateVersion7(), body, token));
        return TypedResults.Ok(new CommitFigures(commits, Stopwatch.GetElapsedTime(started).TotalSeconds));
    }

    private async Task WriteAsync(RelayRun run, int[] indexes, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(TenantId.Default, cancellationToken);
        var facts = indexes.Select(index => (BusinessEvent)new NotificationRequested(run.FactAt(index))).ToArray();
        await transaction.SendAsync(Topology.LowNotifications, facts, time.GetUtcNow(), null, cancellationToken);
        foreach (var index in indexes)
            run.Committing(index);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<Ok<RelayFigures>> FiguresAsync(
        RelayRun run, int messages, long started, TimeSpan written, CancellationToken cancellationToken)
    {
        await run.LastHandled.WaitAsync(Patience, cancellationToken);
        var handled = Stopwatch.GetElapsedTime(started);
        var delays = run.SortedDelays();
        return TypedResults.Ok(new RelayFigures(
            messages, written.TotalSeconds, handled.TotalSeconds, LoadRun.MillisecondsAt(delays, 0.5), LoadRun.MillisecondsAt(delays, 0.95),
            LoadRun.MillisecondsAt(delays, 0.99)));
    }
}
