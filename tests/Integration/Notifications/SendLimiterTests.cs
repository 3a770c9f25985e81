using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Tests.Support;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>The limiter on a Redis of its own, asked by two instances as two processes would.</summary>
public sealed class SendLimiterTests(StackFixture stack)
{
    private const string Bot = "default";
    private const int Slow = 1;

    [Fact]
    public async Task Two_instances_share_one_budget_of_which_low_priorities_leave_the_rest_to_higher_ones()
    {
        await using var desk = await DeskAsync(Slow);

        // Five at once, refilled by one a second.
        Assert.Equal(2, await desk.CountAsync(Priority.Low));
        Assert.Equal(1, await desk.CountAsync(Priority.Medium));
        Assert.Equal(1, await desk.CountAsync(Priority.High));
        Assert.Equal(1, await desk.CountAsync(Priority.Critical));
        Assert.Equal(0, await desk.CountAsync(Priority.Critical));
    }

    [Fact]
    public async Task A_chat_takes_three_at_once_from_all_instances_and_places_are_a_second_apart()
    {
        await using var desk = await DeskAsync(perSecond: 1_000);
        for (var message = 0; message < 3; message++)
            Assert.Null(await desk.Any.TryTakeAsync(Bot, 7, Priority.High));
        var waits = new List<TimeSpan>();
        for (var message = 0; message < 3; message++)
            waits.Add((await desk.Any.TakeAsync(Bot, 7, Priority.High, TimeSpan.Zero)).Wait);

        Assert.Null(await desk.Any.TryTakeAsync(Bot, 8, Priority.High));
        Assert.InRange((waits[1] - waits[0]).TotalSeconds, 0.8, 1.2);
        Assert.InRange((waits[2] - waits[1]).TotalSeconds, 0.8, 1.2);
    }

    [Fact]
    public async Task The_next_place_of_a_chat_is_for_who_is_urgent_however_many_were_promised_one_before()
    {
        await using var desk = await DeskAsync(perSecond: 1_000);
        var low = TimeSpan.Zero;
        for (var message = 0; message < 60; message++)
            low = (await desk.Any.TakeAsync(Bot, 7, Priority.Low, TimeSpan.Zero)).Wait;
        var critical = await desk.Any.TakeAsync(Bot, 7, Priority.Critical, TimeSpan.Zero);

        Assert.InRange(low.TotalSeconds, 30, 60);
        Assert.InRange(critical.Wait.TotalSeconds, 0, 1);
        // Those below leave it to him, also when they come at the moment it is free.
        while (!(await desk.Any.TakeAsync(Bot, 7, Priority.Critical, TimeSpan.Zero)).IsGranted)
        {
            Assert.NotNull(await desk.Any.TryTakeAsync(Bot, 7, Priority.Low));
            Assert.NotNull(await desk.Any.TryTakeAsync(Bot, 7, Priority.High));
        }
    }

    [Fact]
    public async Task Who_does_not_come_back_is_promised_no_place_that_others_would_have_to_stand_behind()
    {
        await using var desk = await DeskAsync(perSecond: 1_000);
        // As a user who presses a command again and again.
        for (var tap = 0; tap < 60; tap++)
            await desk.Any.TryTakeAsync(Bot, 7, Priority.High);

        Assert.InRange((await desk.Any.TakeAsync(Bot, 7, Priority.High, TimeSpan.Zero)).Wait.TotalSeconds, 0, 1);
    }

    [Fact]
    public async Task Who_is_urgent_waits_here_for_the_next_place_of_his_chat_and_who_is_not_comes_back_for_it()
    {
        await using var desk = await DeskAsync(perSecond: 1_000);
        var room = new WaitingRoom(desk.First, TimeProvider.System);
        Turn turn;
        do
            turn = (await room.TryEnterAsync(Bot, 7, Priority.Critical))!.Value;
        while (turn.IsGranted);

        Assert.Equal((true, true, false), (IsSoonOver(Priority.Critical), IsSoonOver(Priority.High), IsSoonOver(Priority.Medium)));
        Assert.True((await room.WaitAsync(Bot, 7, Priority.Critical, turn, CancellationToken.None)).IsGranted);

        bool IsSoonOver(Priority priority) => WaitingRoom.IsSoonOver(turn, priority);
    }

    [Fact]
    public async Task A_pause_holds_for_the_chat_and_after_a_second_chat_for_the_bot_but_for_no_other()
    {
        await using var desk = await DeskAsync(perSecond: 1_000);
        await desk.Any.PauseAsync(Bot, 7, TimeSpan.FromSeconds(30));
        Assert.Equal("The chat is paused.", (await desk.Any.TryTakeAsync(Bot, 7, Priority.Critical))!.Reason);
        Assert.Null(await desk.Any.TryTakeAsync(Bot, 8, Priority.Low));

        await desk.Any.PauseAsync(Bot, 8, TimeSpan.FromSeconds(30));
        Assert.Equal("The bot is paused.", (await desk.Any.TryTakeAsync(Bot, 9, Priority.Critical))!.Reason);
        Assert.Null(await desk.Any.TryTakeAsync("premium", 7, Priority.Low));

        await desk.Any.StopAsync("enterprise", 7);
        Assert.Equal("The bot is paused.", (await desk.Any.TryTakeAsync("enterprise", 8, Priority.Critical))!.Reason);
        Assert.Null(await desk.Any.TryTakeAsync("premium", 8, Priority.Low));
    }

    [Fact]
    public async Task A_pause_is_not_shortened_by_a_later_answer_that_names_less()
    {
        await using var desk = await DeskAsync(perSecond: 1_000);
        var less = TimeSpan.FromSeconds(1);
        await desk.First.StopAsync(Bot, 7);
        await desk.First.PauseAsync(Bot, 8, less);
        await desk.First.PauseAsync("premium", 7, TimeSpan.FromMinutes(5));
        await desk.First.PauseAsync("premium", 7, less);

        Assert.True((await desk.Any.TryTakeAsync(Bot, 9, Priority.Critical))!.Wait > TimeSpan.FromMinutes(1));
        Assert.True((await desk.Any.TryTakeAsync("premium", 7, Priority.Critical))!.Wait > TimeSpan.FromMinutes(1));
        await desk.Redis.DisposeAsync();
        Assert.True((await desk.First.TryTakeAsync(Bot, 9, Priority.Critical))!.Wait > TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Without_Redis_the_urgent_goes_on_carefully_the_low_waits_and_a_known_pause_still_holds()
    {
        await using var desk = await DeskAsync(perSecond: 25);
        await desk.First.PauseAsync(Bot, 7, TimeSpan.FromMinutes(1));
        await desk.Redis.DisposeAsync();

        Assert.Null(await desk.First.TryTakeAsync(Bot, 1, Priority.Critical));
        Assert.Null(await desk.First.TryTakeAsync(Bot, 2, Priority.High));
        Assert.NotNull(await desk.First.TryTakeAsync(Bot, 3, Priority.Low));
        Assert.NotNull(await desk.First.TryTakeAsync(Bot, 2, Priority.Critical));
        Assert.Equal("The chat is paused.", (await desk.First.TryTakeAsync(Bot, 7, Priority.Critical))!.Reason);
    }

    [Fact]
    public async Task A_line_that_is_full_gives_places_later_and_keeps_no_other_bot_or_priority_waiting()
    {
        await using var desk = await DeskAsync(Slow);
        var room = new WaitingRoom(desk.First, TimeProvider.System);
        Assert.Equal(2, await desk.CountAsync(Priority.Low));
        using var end = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 32).Select(chat => room.WaitAsync(Bot, chat, Priority.Low, found: null, end.Token)).ToList();
        var first = await room.WaitAsync(Bot, 100, Priority.Low, found: null, CancellationToken.None);
        var second = await room.WaitAsync(Bot, 101, Priority.Low, found: null, CancellationToken.None);

        Assert.Equal((TurnObstacle.BotBudget, TurnObstacle.BotBudget), (first.Obstacle, second.Obstacle));
        Assert.InRange((second.Wait - first.Wait).TotalSeconds, 0.8, 1.2);
        Assert.True((await room.TryEnterAsync(Bot, 102, Priority.Critical))!.Value.IsGranted);
        Assert.True((await room.TryEnterAsync("premium", 103, Priority.Low))!.Value.IsGranted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[^1]);
    }

    [Fact]
    public async Task Who_has_stood_in_line_for_long_gives_it_up_for_a_place_later()
    {
        await using var desk = await DeskAsync(Slow);
        var room = new WaitingRoom(desk.First, TimeProvider.System) { Patience = TimeSpan.Zero };
        var (turn, chat) = (Turn.Granted, 100);
        // As long as something is left it is taken at once.
        while (turn.IsGranted)
            turn = await room.WaitAsync(Bot, ++chat, Priority.Low, found: null, CancellationToken.None);

        Assert.Equal(TurnObstacle.BotBudget, turn.Obstacle);
        Assert.True(turn.Wait > TimeSpan.FromSeconds(1));
    }

    private async Task<LimiterDesk> DeskAsync(int perSecond)
    {
        var redis = await stack.StartRedisAsync();
        var options = new ConfigurationOptions
        {
            EndPoints = { { "127.0.0.1", redis.Port } }, Password = LocalSettings.EnginePassword, AbortOnConnectFail = false, BacklogPolicy = BacklogPolicy.FailFast,
        };
        return new LimiterDesk(
            redis, await ConnectionMultiplexer.ConnectAsync(options), await ConnectionMultiplexer.ConnectAsync(options), new LimitOptions { PerSecond = perSecond });
    }

    private sealed class LimiterDesk(IAsyncDisposable redis, ConnectionMultiplexer one, ConnectionMultiplexer other, LimitOptions limits) : IAsyncDisposable
    {
        private readonly SendLimiter second = new(other, Options.Create(limits), TimeProvider.System, NullLogger<SendLimiter>.Instance);
        private int lastChat = 1_000;
        private bool turn;

        public IAsyncDisposable Redis => redis;

        public SendLimiter First { get; } = new(one, Options.Create(limits), TimeProvider.System, NullLogger<SendLimiter>.Instance);

        /// <summary>Now the one instance, now the other.</summary>
        public SendLimiter Any => (turn = !turn) ? First : second;

        /// <summary>How many messages to as many chats are let through at once.</summary>
        public async Task<int> CountAsync(Priority priority)
        {
            var count = 0;
            while (await Any.TryTakeAsync(Bot, ++lastChat, priority) is null)
                count++;
            return count;
        }

        public async ValueTask DisposeAsync()
        {
            await one.DisposeAsync();
            await other.DisposeAsync();
            await redis.DisposeAsync();
        }
    }
}
