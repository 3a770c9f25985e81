using System.Collections.Concurrent;

namespace ServerlessBusiness.Simulators.Telegram;

public sealed record SendCount(string Bot, int Sent, IReadOnlyDictionary<int, int> Refused, int Unanswered);

// How many calls of sendMessage each bot has made and what they were answered.
sealed class SendCounts
{
    const int Accepted = 200;
    const int Silence = 0;
    readonly ConcurrentDictionary<(string Bot, int Code), int> _counts = new();

    public void OnSent(string bot) => Add(bot, Accepted);

    public void OnRefused(string bot, int code) => Add(bot, code);

    public void OnUnanswered(string bot) => Add(bot, Silence);

    public IEnumerable<SendCount> List(IEnumerable<string> bots) =>
        from bot in bots
        let counts = _counts.Where(count => count.Key.Bot == bot).ToDictionary(count => count.Key.Code, count => count.Value)
        select new SendCount(
            bot, counts.GetValueOrDefault(Accepted), counts.Where(count => count.Key is not (Accepted or Silence)).ToDictionary(),
            counts.GetValueOrDefault(Silence));

    public void Clear() => _counts.Clear();

    void Add(string bot, int code) => _counts.AddOrUpdate((bot, code), 1, static (_, count) => count + 1);
}
