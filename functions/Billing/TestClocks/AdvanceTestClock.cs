using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.TestClocks;

public sealed record AdvanceTestClockRequest
{
    /// <summary>The time it shall be: not before where the clock stands, or before now when none stands yet, and at most 400 days on.</summary>
    [Required]
    public DateTimeOffset? To { get; init; }
}

/// <param name="IsThere">False when it took too long for one call: ask again and it goes on.</param>
public sealed record AdvancedClockView(DateTimeOffset Now, bool IsThere);

/// <summary>
/// Moves a tenant's clock from one run of a timer to the next and does at each what falls due, so that a year is played in a minute. The clock is put
/// to a moment before that moment's work is done: should the process die, whoever asks again begins with that work.
/// </summary>
public sealed class AdvanceTestClock(
    Database database, TestClockStore clocks, PlayTimers timers, IOptions<TimerSchedules> schedules, BillingTime billing, TimeProvider real) : IDisposable
{
    // Gateways wait 100 seconds for an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(75);

    // For news of payments that are made already: it is on its way.
    private static readonly TimeSpan NewsPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    // Each holds a connection until its end, and what it plays needs others: were there as many as connections, none would get on.
    private readonly SemaphoreSlim places = new(4);

    /// <exception cref="ProblemException">409 while somebody else moves it, 422 for a time it cannot be moved to.</exception>
    public async Task<AdvancedClockView> RunAsync(TenantId tenant, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        try
        {
            return await HoldAsync(tenant, to, cancellationToken);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<AdvancedClockView> HoldAsync(TenantId tenant, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // Left open until the end: it holds the clock, and is asked at each step, so that no server takes it for forgotten.
        await using var hold = await database.BeginAsync(tenant, cancellationToken);
        if (!await clocks.TryHoldAsync(hold, cancellationToken))
            throw ProblemException.Conflict("TEST_CLOCK_MOVING", "The clock is being moved by another request. Ask again when that one has its answer.");

        var started = real.GetTimestamp();
        var from = (await clocks.FindAsync(tenant, cancellationToken))?.Now ?? real.GetUtcNow();
        Check(from, to);
        await MoveAsync(tenant, from, cancellationToken);
        foreach (var step in schedules.Value.Between(from, to))
        {
            if (real.GetElapsedTime(started) > Patience)
            {
                await MoveAsync(tenant, step.At, cancellationToken);
                return new AdvancedClockView(step.At, IsThere: false);
            }

            await PlayAsync(hold, step, cancellationToken);
        }

        await MoveAsync(tenant, to, cancellationToken);
        await PlayAsync(hold, new TimerStep(to, []), cancellationToken);
        return new AdvancedClockView(to, IsThere: true);
    }

    private static void Check(DateTimeOffset from, DateTimeOffset to)
    {
        if (to < from)
            throw ProblemException.Unprocessable("TEST_CLOCK_BACKWARDS", $"It is {from:O} for this tenant, and its clock goes forward only.");
        if (to - from > TestClock.Farthest)
        {
            throw ProblemException.Unprocessable(
                "TEST_CLOCK_TOO_FAR", $"It is {from:O} for this tenant. Move its clock by {TestClock.Farthest.TotalDays:0} days at most at a time.");
        }
    }

    private async Task PlayAsync(TenantTransaction hold, TimerStep step, CancellationToken cancellationToken)
    {
        var due = await clocks.FindDueAsync(hold, step.At, cancellationToken);
        var work = step.Work.Where(due.HasAny).ToList();
        if (work.Count == 0 && !due.Money)
            return;

        await MoveAsync(hold.Tenant, step.At, cancellationToken);
        await billing.RunAtAsync(step.At, async () =>
        {
            foreach (var one in work)
                await timers.RunAsync(hold.Tenant, one, cancellationToken);
            await HearAsync(hold, await timers.CollectAsync(hold.Tenant, cancellationToken), cancellationToken);
        });
    }

    // Otherwise an invoice that was paid at once would be overdue a few steps, which are milliseconds, later.
    private async Task HearAsync(TenantTransaction hold, IReadOnlyList<Guid> paid, CancellationToken cancellationToken)
    {
        var started = real.GetTimestamp();
        while (paid.Count > 0 && await clocks.IsAnyOpenAsync(hold, paid, cancellationToken))
        {
            if (real.GetElapsedTime(started) > NewsPatience)
                return;
            await Task.Delay(Glance, cancellationToken);
        }
    }

    private async Task MoveAsync(TenantId tenant, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (!await clocks.MoveAsync(tenant, to, real.GetUtcNow(), cancellationToken))
            throw ProblemException.Conflict("TEST_CLOCK_MOVING", "The clock was moved by another request meanwhile. Look where it stands and ask again.");
    }
}
