using System.Collections.Concurrent;

namespace ServerlessBusiness.Simulators.Midtrans;

enum CardOutcome { Accepted, Challenged, Denied }

sealed record Card(string Masked, string Bank, CardOutcome Outcome)
{
    // The test cards of the provider's sandbox; any other number is accepted.
    public static Card Of(string number) => new(
        $"{number[..6]}-{number[^4..]}",
        "bni",
        number switch
        {
            "4911111111111113" or "5111111111111118" or "4611111111111116" => CardOutcome.Denied,
            "4511111111111117" or "5411111111111115" => CardOutcome.Challenged,
            _ => CardOutcome.Accepted
        });
}

sealed record SavedCard(string Token, Card Card, DateTimeOffset ValidUntil);

// What the browser gets for a card number: a token for one charge, or a saved one that can be charged again. Says when a card was saved.
sealed class CardTokens(TimeProvider clock, Action changed)
{
    static readonly TimeSpan SingleUseLife = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<string, (Card Card, DateTimeOffset ValidUntil)> _singleUse = new();
    readonly ConcurrentDictionary<string, SavedCard> _saved = new();

    public string Issue(Card card)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, entry) in _singleUse)
            if (entry.ValidUntil <= now)
                _singleUse.TryRemove(old, out _);
        var token = $"{card.Masked}-{Guid.NewGuid()}";
        _singleUse[token] = (card, now + SingleUseLife);
        return token;
    }

    public (string Token, DateTimeOffset ValidUntil) Save(Card card)
    {
        var token = $"{card.Masked[..6]}{Guid.NewGuid():N}{card.Masked[^4..]}";
        var validUntil = clock.GetUtcNow().AddYears(2);
        Restore(new SavedCard(token, card, validUntil));
        changed();
        return (token, validUntil);
    }

    public void Restore(SavedCard saved) => _saved[saved.Token] = saved;

    public IReadOnlyList<SavedCard> Snapshot() => [.. _saved.Values];

    // A token for one charge is gone after it, whatever came of the charge.
    public Card? Use(string? token)
    {
        if (token is null)
            return null;
        var (card, validUntil) = _singleUse.TryRemove(token, out var entry) ? entry
            : _saved.TryGetValue(token, out var saved) ? (saved.Card, saved.ValidUntil) : default;
        return validUntil > clock.GetUtcNow() ? card : null;
    }

    public Card? FindSaved(string token) => _saved.GetValueOrDefault(token)?.Card;

    public void Clear()
    {
        _singleUse.Clear();
        _saved.Clear();
        changed();
    }
}
