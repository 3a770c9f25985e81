using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>In Payments, which does not run here: no other relay takes its messages.</summary>
[Collection<KernelCollection>]
public sealed class OutboxRelayTests(KernelDesk desk)
{
    [Fact]
    public async Task A_destination_that_does_not_answer_holds_up_nobody_else_and_is_left_after_a_while()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.ExecuteAsync(
            """
            insert into payment_management.outbox (id, tenant_id, destination, subject, body, created_at, available_at)
            values ('00000000-0000-7000-8000-000000000001', @tenant, 'silent', 'Test', '{}', now(), now()),
                ('00000000-0000-7000-8000-000000000002', @tenant, 'good', 'Test', '{}', now(), now())
            """,
            new { tenant });
        var time = new FakeTimeProvider();
        var transport = new HalfSilent();
        await using var database = desk.Open(ServiceIdentity.Payments);
        using var relay = new OutboxRelay(database, transport, new OutboxSignal(), time, NullLogger<OutboxRelay>.Instance);

        var draining = relay.DrainAsync(CancellationToken.None);
        await transport.GoodAnswered.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(draining.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(10));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => draining);
        Assert.Equal("silent did not take its messages within 10 seconds.", refused.InnerException!.Message);
        Assert.Equal(["silent"], await desk.QueryAsync<string>(
            "select destination from payment_management.outbox where tenant_id = @tenant", new { tenant }));
        await desk.ExecuteAsync("delete from payment_management.outbox where tenant_id = @tenant", new { tenant });
    }

    private sealed class HalfSilent : IMessageTransport
    {
        private readonly TaskCompletionSource good = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task GoodAnswered => good.Task;

        public Task SendAsync(string destination, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
        {
            if (destination == "silent")
                return Task.Delay(Timeout.Infinite, cancellationToken);
            good.SetResult();
            return Task.CompletedTask;
        }

        public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
