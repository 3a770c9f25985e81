using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>Whose turn it is: every tenant with something due has his before anybody has another one, and none is always the first.</summary>
public sealed class Turns
{
    private readonly Queue<TenantId> waiting;
    private readonly int atOnce;

    public Turns(IEnumerable<TenantId> tenants, int atOnce)
    {
        var order = tenants.ToArray();
        Random.Shared.Shuffle(order);
        waiting = new Queue<TenantId>(order);
        this.atOnce = atOnce;
    }

    /// <summary>The next tenants, so many at most; none when nobody has anything left.</summary>
    public IReadOnlyList<TenantId> Next()
    {
        var next = new List<TenantId>();
        while (next.Count < atOnce && waiting.TryDequeue(out var tenant))
            next.Add(tenant);
        return next;
    }

    /// <summary>These have more, and wait behind all others.</summary>
    public void Again(IEnumerable<TenantId> tenants)
    {
        foreach (var tenant in tenants)
            waiting.Enqueue(tenant);
    }
}
