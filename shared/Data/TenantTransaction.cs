using System.Data;
using Npgsql;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Data;

/// <summary>A transaction of one tenant; messages published in it leave only when it commits.</summary>
public sealed class TenantTransaction(TenantId tenant, NpgsqlConnection connection, NpgsqlTransaction transaction, OutboxSignal outbox)
    : TenantConnection(tenant, connection)
{
    private readonly List<Action> afterwards = [];
    private bool tenantSent;
    private bool isGivenBack;

    /// <summary>Set by the outbox when this transaction wrote a message.</summary>
    internal bool HasMessages { get; set; }

    protected override bool NeedsTenant => !tenantSent;

    protected override IDbTransaction Transaction => transaction;

    /// <summary>Commits and gives the connection back: what follows may need one, and where all who hold one waited for another, none would come.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await transaction.CommitAsync(cancellationToken);
        await DisposeAsync();
        if (HasMessages)
            outbox.Notify();
        foreach (var action in afterwards)
            action();
    }

    /// <summary>Does something in memory once this transaction has committed, such as forgetting what it made stale.</summary>
    public void AfterCommit(Action action) => afterwards.Add(action);

    public override async ValueTask DisposeAsync()
    {
        // Npgsql uses the object of a connection's transaction again for its next one, which is somebody else's by then.
        if (isGivenBack)
            return;
        isGivenBack = true;
        await transaction.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Sent() => tenantSent = true;
}
