using System.Collections.Concurrent;

namespace ServerlessBusiness.Simulators.Telegram;

public sealed record ChatMessage(string Bot, string Text, string? ParseMode, DateTimeOffset At, int MessageId);

// One private chat, which for Telegram is one person: the same id at every bot, but each bot has to be started on its own.
sealed class Chat(long id, Action changed)
{
    const int MostMessages = 1_000;
    readonly Lock _gate = new();
    readonly HashSet<string> _startedBots = [];
    readonly HashSet<string> _blockedBots = [];
    readonly Queue<ChatMessage> _messages = new();

    public long Id => id;
    public bool IsDeactivated { get; private set; }

    public bool HasStarted(string bot)
    {
        lock (_gate)
            return _startedBots.Contains(bot);
    }

    public bool HasBlocked(string bot)
    {
        lock (_gate)
            return _blockedBots.Contains(bot);
    }

    public void Start(string bot)
    {
        lock (_gate)
        {
            _startedBots.Add(bot);
            _blockedBots.Remove(bot);
        }
        changed();
    }

    public void Block(string bot)
    {
        lock (_gate)
            _blockedBots.Add(bot);
        changed();
    }

    public void Deactivate()
    {
        IsDeactivated = true;
        changed();
    }

    public void Restore(ChatView kept)
    {
        lock (_gate)
        {
            _startedBots.UnionWith(kept.StartedBots);
            _blockedBots.UnionWith(kept.BlockedBots);
            IsDeactivated = kept.Deactivated;
            foreach (var message in kept.Messages)
                _messages.Enqueue(message);
        }
    }

    public void Add(ChatMessage message)
    {
        lock (_gate)
        {
            if (_messages.Count == MostMessages)
                _messages.Dequeue();
            _messages.Enqueue(message);
        }
        changed();
    }

    public ChatView View()
    {
        lock (_gate)
            return new ChatView(id, [.. _startedBots], [.. _blockedBots], IsDeactivated, [.. _messages]);
    }
}

public sealed record ChatView(
    long ChatId, IReadOnlyList<string> StartedBots, IReadOnlyList<string> BlockedBots, bool Deactivated,
    IReadOnlyList<ChatMessage> Messages);

sealed class ChatBook(Action changed)
{
    readonly ConcurrentDictionary<long, Chat> _chats = new();
    int _lastMessageId;

    public Chat? Find(long id) => _chats.GetValueOrDefault(id);

    public Chat FindOrAdd(long id) => _chats.GetOrAdd(id, key => new Chat(key, changed));

    public IReadOnlyList<ChatView> List() => [.. _chats.Values.OrderBy(chat => chat.Id).Select(chat => chat.View())];

    public int NextMessageId() => Interlocked.Increment(ref _lastMessageId);

    public void Restore(IReadOnlyList<ChatView> kept)
    {
        foreach (var chat in kept)
            FindOrAdd(chat.ChatId).Restore(chat);
        _lastMessageId = kept.SelectMany(chat => chat.Messages).Select(message => message.MessageId).DefaultIfEmpty(_lastMessageId).Max();
    }

    public void Clear()
    {
        _chats.Clear();
        changed();
    }
}
