using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Billing;
using ServerlessBusiness.Billing.Documents;
using ServerlessBusiness.Billing.HostedPages;
using ServerlessBusiness.Billing.Reconciliation;
using ServerlessBusiness.Billing.TestClocks;

namespace ServerlessBusiness.Tests.Unit.Billing;

public sealed class BillingTimeTests
{
    private static readonly DateTimeOffset Ahead = new(2028, 2, 29, 0, 5, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider real = new(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task What_is_done_under_a_clock_and_what_that_starts_sees_its_time_and_nobody_else_does()
    {
        var time = new BillingTime(real);
        var seen = new List<DateTimeOffset>();
        await time.RunAtAsync(Ahead, async () =>
        {
            await Task.Yield();
            seen.Add(time.GetUtcNow());
            await Parallel.ForEachAsync([1, 2], async (_, _) =>
            {
                await Task.Yield();
                lock (seen)
                    seen.Add(time.GetUtcNow());
            });
            await time.RunAtAsync(Ahead.AddDays(1), () =>
            {
                seen.Add(time.GetUtcNow());
                return Task.CompletedTask;
            });
            seen.Add(time.GetUtcNow());
            Assert.Equal(real.GetUtcNow(), time.RealNow);
        });

        Assert.Equal([Ahead, Ahead, Ahead, Ahead.AddDays(1), Ahead], seen);
        Assert.Equal((real.GetUtcNow(), false), (time.GetUtcNow(), time.IsOfClock));
    }

    [Fact]
    public async Task What_others_tell_happens_now_for_a_clock_that_is_ahead_and_at_its_own_time_else()
    {
        var time = new BillingTime(real);
        var then = real.GetUtcNow().AddDays(-1);
        var heard = new List<DateTimeOffset> { time.Heard(then) };
        await time.RunAtAsync(Ahead, () =>
        {
            heard.AddRange([time.Heard(then), time.Heard(Ahead.AddDays(1))]);
            return Task.CompletedTask;
        });

        Assert.Equal([then, Ahead, Ahead.AddDays(1)], heard);
    }

    // Whatever asks for the real time would see another one than the tenant whose clock was moved.
    [Fact]
    public void Billings_classes_ask_for_the_time_of_Billing()
    {
        Type[] allowed =
        [
            typeof(BillingTime), typeof(TenantClocks), typeof(AdvanceTestClock),
            // Links are made and opened without a tenant's clock, and payments expire by that of Payments.
            typeof(LinkDocument), typeof(ReadPayPage), typeof(Reconcile),
        ];
        var real = typeof(BillingTime).Assembly.GetTypes()
            .Where(type => type.GetConstructors().Any(made => made.GetParameters().Any(one => one.ParameterType == typeof(TimeProvider))));

        Assert.Equal(allowed.OrderBy(type => type.Name), real.OrderBy(type => type.Name));
    }
}
