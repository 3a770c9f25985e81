using System.Globalization;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Caching;
using StackExchange.Redis;

namespace ServerlessBusiness.Notifications.Limits;

/// <summary>The budgets of bots and chats in Redis, on its clock, for all instances together. Each question is one script.</summary>
internal sealed class SharedLimits(IConnectionMultiplexer redis, Budget budget)
{
    // Keys hold instants in microseconds: until when a pause lasts, when a budget would be full again, and the last place that was promised.
    // A refusal may promise a place (the wait), so that those who come back do so one after the other. Each priority has places of its own, or who
    // is urgent would stand behind all that were promised one before. Who has a place in a chat may be a little late for it (a queue looks once a
    // second for what is due): until then those below leave him one message.
    private const string TakeScript = """
        local clock = redis.call('TIME')
        local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
        local function read(key) return math.max(tonumber(redis.call('GET', key) or '0'), now) end
        local function write(key, at, late) redis.call('SET', key, string.format('%.0f', at), 'PX', math.ceil((at - now + (late or 0)) / 1000) + 1) end
        local botInterval, botDepth = tonumber(ARGV[1]), tonumber(ARGV[2])
        local chatInterval, chatDepth = tonumber(ARGV[3]), tonumber(ARGV[4])
        local lead, comesBack = tonumber(ARGV[5]), ARGV[6] == '1'

        local botPause = read(KEYS[1])
        if botPause > now then return {3, botPause - now} end
        local chatPause = read(KEYS[2])
        if chatPause > now then return {4, chatPause - now} end

        local chat, promised = read(KEYS[4]), tonumber(redis.call('GET', KEYS[6]) or '0')
        local left = 0
        for above = 7, #KEYS do
            if redis.call('EXISTS', KEYS[above]) == 1 then left = chatInterval end
        end
        if chat + left + chatInterval - chatDepth > now then
            if not comesBack then return {2, chat + left + chatInterval - chatDepth - now} end
            local place = math.max(promised, chat + left - chatDepth) + chatInterval
            write(KEYS[6], place, 2 * chatInterval)
            return {2, place - now}
        end

        local bot = read(KEYS[3])
        local free = bot + botInterval - botDepth
        if free > now then
            if lead == 0 then return {1, free - now} end
            local place = math.max(read(KEYS[5]), now + lead) + botInterval
            write(KEYS[5], place)
            return {1, place - now}
        end

        write(KEYS[3], bot + botInterval)
        write(KEYS[4], chat + chatInterval)
        if comesBack and promised <= now then redis.call('DEL', KEYS[6]) end
        return {0, 0}
        """;

    // Telegram does not say whom it throttles: it is the chat, until a second chat hears the same before the first may speak again. An answer to a
    // call from before may name a shorter time: a pause only ever grows.
    private const string PauseScript = """
        local clock = redis.call('TIME')
        local over = tonumber(clock[1]) * 1000000 + tonumber(clock[2]) + tonumber(ARGV[1]) * 1000
        local function pause(key)
            if tonumber(redis.call('GET', key) or '0') < over then redis.call('SET', key, string.format('%.0f', over), 'PX', ARGV[1]) end
        end

        pause(KEYS[2])
        local other = redis.call('GET', KEYS[3])
        redis.call('SET', KEYS[3], ARGV[2], 'PX', math.max(tonumber(ARGV[1]), redis.call('PTTL', KEYS[3])))
        if ARGV[3] == '1' or (other and other ~= ARGV[2]) then
            pause(KEYS[1])
            return 1
        end
        return 0
        """;

    /// <param name="bot">The bot that writes.</param>
    /// <param name="chat">The chat it writes to.</param>
    /// <param name="priority">How much of the bot's budget may be spent, and who in the chat goes first.</param>
    /// <param name="lead">When the bot's budget is spent, promise a place not before this time; zero promises none.</param>
    /// <param name="comesBack">Whether it is asked again after a refusal; else no place is promised to it, and those promised to others stay.</param>
    public async Task<Turn> TakeAsync(string bot, long chat, Priority priority, TimeSpan lead, bool comesBack)
    {
        RedisKey[] keys =
        [
            CacheKeys.Bot(bot, "pause"), CacheKeys.Bot(bot, $"pause:{chat}"), CacheKeys.Bot(bot, "budget"), CacheKeys.Bot(bot, $"budget:{chat}"),
            CacheKeys.Bot(bot, $"places:{(int)priority}"), ChatPlaces(priority), .. Priorities.All.Where(above => above < priority).Select(ChatPlaces),
        ];
        RedisValue[] numbers =
        [
            budget.BotInterval, budget.Depth(priority), Budget.ChatInterval, Budget.ChatBurst * Budget.ChatInterval, (long)lead.TotalMicroseconds,
            comesBack ? 1 : 0,
        ];
        var answer = (long[])(await redis.GetDatabase().ScriptEvaluateAsync(TakeScript, keys, numbers))!;
        return new Turn((TurnObstacle)answer[0], TimeSpan.FromMicroseconds(answer[1]));

        RedisKey ChatPlaces(Priority of) => CacheKeys.Bot(bot, $"chat-places:{(int)of}:{chat}");
    }

    /// <summary>True when the whole bot is paused now.</summary>
    public async Task<bool> PauseAsync(string bot, long chat, TimeSpan length, bool wholeBot)
    {
        RedisKey[] keys = [CacheKeys.Bot(bot, "pause"), CacheKeys.Bot(bot, $"pause:{chat}"), CacheKeys.Bot(bot, "throttled")];
        RedisValue[] values = [Math.Max(1, (long)length.TotalMilliseconds), chat.ToString(CultureInfo.InvariantCulture), wholeBot ? 1 : 0];
        return (long)await redis.GetDatabase().ScriptEvaluateAsync(PauseScript, keys, values) == 1;
    }
}
