using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ServerlessBusiness.Simulators.Midtrans;

sealed record SnapPage(
    string Token, Merchant Merchant, string OrderId, decimal GrossAmount, IReadOnlyList<string> Methods,
    ImmutableArray<string> NotificationUrls, DateTimeOffset? PageExpiry, string State);

// Hosted payment pages that were asked for. No transaction exists before the payer has picked a method on one. Says when one has changed.
sealed class SnapPages(TimeProvider clock, Action changed)
{
    const int Capacity = 2_000;

    readonly ConcurrentDictionary<string, SnapPage> _pages = new();
    readonly ConcurrentQueue<string> _oldest = new();

    public void Add(SnapPage page)
    {
        _pages[page.Token] = page;
        _oldest.Enqueue(page.Token);
        if (_oldest.Count > Capacity && _oldest.TryDequeue(out var forgotten))
            _pages.TryRemove(forgotten, out _);
        changed();
    }

    // Those that can still be used, oldest first, to be put back in this order.
    public IReadOnlyList<SnapPage> Snapshot() => [.. _oldest.Select(FindOpen).OfType<SnapPage>()];

    // By token or by order id, as long as the page can still be used.
    public SnapPage? FindOpen(string id)
    {
        var page = _pages.GetValueOrDefault(id) ?? _pages.Values.LastOrDefault(each => each.OrderId == id && each.State == "open");
        return page is { State: "open" } && !(page.PageExpiry <= clock.GetUtcNow()) ? page : null;
    }

    public bool IsUsed(Merchant merchant, string orderId) =>
        _pages.Values.Any(page => page.OrderId == orderId && page.Merchant.MerchantId == merchant.MerchantId && page.State == "open");

    public void Close(SnapPage page, string state)
    {
        _pages[page.Token] = page with { State = state };
        changed();
    }

    public void Clear()
    {
        _pages.Clear();
        _oldest.Clear();
        changed();
    }
}
