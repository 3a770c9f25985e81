namespace ServerlessBusiness.Simulators.Telegram;

// A bot account. Key is our own short name for it (default, premium, enterprise).
public sealed record BotAccount(string Key, string Token)
{
    public string Username => $"ai_trading_{Key}_bot";

    public long Id => long.TryParse(Token.Split(':')[0], out var id) ? id : 0;
}

// Where the updates of a bot go, as set by setWebhook.
sealed record Webhook(string Url, string? SecretToken, IReadOnlyList<string> AllowedUpdates, int MaxConnections)
{
    // Without a list everything but the member lists is sent.
    public bool Wants(string updateType) => AllowedUpdates.Count == 0 || AllowedUpdates.Contains(updateType);
}

sealed class Bot(BotAccount account, int lastUpdateId)
{
    public const int MostPending = 1_000;
    int _lastUpdateId = lastUpdateId;

    public BotAccount Account => account;
    public Webhook? Webhook { get; set; }

    // As after a /revoke at BotFather: nobody is let in with the token any more.
    public bool IsRevoked { get; set; }
    public string? LastError { get; set; }
    public DateTimeOffset? LastErrorAt { get; set; }

    // Updates that nobody has taken yet, oldest first.
    public Queue<PendingUpdate> Pending { get; } = new();
    public Lock Gate { get; } = new();

    public int NextUpdateId() => Interlocked.Increment(ref _lastUpdateId);

    public bool IsNamed(string name) => name == account.Key || name == account.Token || name.TrimStart('@') == account.Username;
}
