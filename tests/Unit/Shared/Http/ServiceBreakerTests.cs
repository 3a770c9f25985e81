using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Polly.CircuitBreaker;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Shared.Http;

public sealed class ServiceBreakerTests : ServiceClientFixture
{
    [Fact]
    public async Task Ten_failures_open_the_circuit_and_then_the_refusal_is_immediate()
    {
        Payments.AnswerStatus(503);
        var client = ClientWith();
        await FailAsync(client, 10);

        // The best of five, so that a busy machine does not decide.
        var best = TimeSpan.MaxValue;
        ServiceUnavailableException refused = null!;
        for (var i = 0; i < 5; i++)
        {
            var started = Stopwatch.GetTimestamp();
            refused = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(client));
            best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        Assert.True(best < TimeSpan.FromMilliseconds(50), $"The refusal took {best}.");
        Assert.Equal(10, Payments.Calls.Count);
        Assert.InRange(refused.RetryAfter.TotalSeconds, 25, 30);
        Assert.False(refused.OutcomeUnknown);
    }

    [Fact]
    public async Task After_the_break_the_service_is_asked_again()
    {
        Payments.AnswerStatus(500);
        var client = ClientWith(("SERVICE_BREAKER_SECONDS", "0.5"));
        await FailAsync(client, 10);
        Payments.Answer = http => http.Response.WriteAsJsonAsync(new Charged(Guid.NewGuid(), "pending"));

        var refused = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(client));
        Assert.True(refused.RetryAfter <= TimeSpan.FromSeconds(0.5));
        Assert.Equal("pending", (await PostUntilServedAsync(client)).Status);
    }

    [Fact]
    public async Task Nine_failures_leave_it_closed()
    {
        Payments.AnswerStatus(500);
        var client = ClientWith();
        await FailAsync(client, 9);
        Payments.Answer = http => http.Response.WriteAsJsonAsync(new Charged(Guid.NewGuid(), "pending"));
        Assert.Equal("pending", (await PostAsync(client)).Status);
    }

    [Fact]
    public async Task Calls_that_run_out_of_time_open_it_too()
    {
        Payments.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var client = ClientWith(("PAYMENTS_TIMEOUT_SECONDS", "0.1"), ("SERVICE_BREAKER_MINIMUM_CALLS", "2"));
        await FailAsync(client, 2);

        await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(client));
        Assert.Equal(2, Payments.Calls.Count);
    }

    [Fact]
    public async Task Calls_whose_callers_do_not_wait_for_the_time_limit_open_it_too()
    {
        Payments.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        var client = ClientWith(("PAYMENTS_TIMEOUT_SECONDS", "0.2"), ("SERVICE_BREAKER_MINIMUM_CALLS", "2"));
        ServiceUnavailableException? refused = null;
        for (var call = 0; refused?.InnerException is not BrokenCircuitException && call < 200; call++)
        {
            using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            refused = await Record.ExceptionAsync(() => PostAsync(client, caller.Token)) as ServiceUnavailableException;
        }

        Assert.IsType<BrokenCircuitException>(refused?.InnerException);
    }

    [Fact]
    public async Task Whoever_leaves_the_call_that_tries_it_again_does_not_close_it()
    {
        Payments.AnswerStatus(500);
        var client = ClientWith(("SERVICE_BREAKER_MINIMUM_CALLS", "2"), ("SERVICE_BREAKER_SECONDS", "0.5"));
        await FailAsync(client, 2);
        using var caller = new CancellationTokenSource();
        Payments.Answer = async http =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PostUntilServedAsync(client, caller.Token));

        var refused = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(client));
        Assert.IsType<BrokenCircuitException>(refused.InnerException);
    }

    [Fact]
    public async Task Connections_that_do_not_come_about_open_it_too()
    {
        var client = ClientOfNobodyWith(("SERVICE_BREAKER_MINIMUM_CALLS", "2"));
        await FailAsync(client, 2);

        var refused = await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(client));
        Assert.IsType<BrokenCircuitException>(refused.InnerException);
    }

    [Fact]
    public async Task Refusals_of_callers_leave_it_closed()
    {
        Payments.AnswerProblem(429, "RATE_LIMITED", "Too many requests.");
        var client = ClientWith();
        for (var i = 0; i < 20; i++)
            await Assert.ThrowsAsync<ProblemException>(() => PostAsync(client));
        Assert.Equal(20, Payments.Calls.Count);
    }

    [Fact]
    public async Task One_service_down_leaves_the_others_reachable()
    {
        Payments.AnswerStatus(500);
        var clients = ClientsWith();
        await FailAsync(clients.To(ServiceIdentity.Payments), 11);
        Payments.Answer = http => http.Response.WriteAsJsonAsync(new Charged(Guid.NewGuid(), "active"));
        Assert.Equal("active", (await PostAsync(clients.To(ServiceIdentity.Subscriptions))).Status);
    }

    private static async Task FailAsync(ServiceClient client, int times)
    {
        for (var i = 0; i < times; i++)
            await Assert.ThrowsAsync<ServiceUnavailableException>(() => PostAsync(client));
    }

    private static async Task<Charged> PostUntilServedAsync(ServiceClient client, CancellationToken cancellationToken = default)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            try
            {
                return await PostAsync(client, cancellationToken);
            }
            catch (ServiceUnavailableException open)
            {
                await Task.Delay(open.RetryAfter / 4, deadline.Token);
            }
        }
    }

    private static Task<Charged> PostAsync(ServiceClient client, CancellationToken cancellationToken = default) =>
        client.PostAsync<Charge, Charged>(Tenant, "/v1/charges", new Charge("inv-1", 1), null, cancellationToken);
}
