using System.Collections.Concurrent;

namespace ServerlessBusiness.Simulators.Midtrans;

sealed class MerchantBook(Merchant first, Action changed)
{
    readonly ConcurrentDictionary<string, Merchant> _byServerKey = new() { [first.ServerKey] = first };

    public Merchant First => _byServerKey[first.ServerKey];

    public Merchant? FindByServerKey(string key) => _byServerKey.GetValueOrDefault(key);

    public bool KnowsClientKey(string? key) => _byServerKey.Values.Any(merchant => merchant.ClientKey is null || merchant.ClientKey == key);

    public IReadOnlyCollection<Merchant> List() => [.. _byServerKey.Values];

    public void Put(Merchant merchant)
    {
        _byServerKey[merchant.ServerKey] = merchant;
        changed();
    }
}
