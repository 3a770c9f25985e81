using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Shared.Messaging;

public sealed class EnvelopeTests
{
    private static readonly Envelope Told = Envelope.Of(
        new UserDeleted(Guid.CreateVersion7()), TenantId.Parse("acme"), DateTimeOffset.UnixEpoch, traceParent: null);

    [Fact]
    public void A_fact_arrives_as_it_was_told()
    {
        Assert.Equal(Told.Type, Envelope.Parse(Told.ToJson()).Fact().Subject);
    }

    [Fact]
    public void A_contract_that_nobody_here_knows_is_not_passed_over()
    {
        var refusal = Assert.Throws<NotSupportedException>(() => (Told with { Type = "UserDeletedV2" }).Fact());

        Assert.Contains("UserDeletedV2", refusal.Message, StringComparison.Ordinal);
    }
}
