using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Telegram;

public sealed record TelegramSimulatorOptions
{
    public int Port { get; init; }
    public IReadOnlyList<BotAccount> Bots { get; init; } =
        [new("default", "1000001:local-default"), new("premium", "1000002:local-premium"), new("enterprise", "1000003:local-enterprise")];

    // Chats that have pressed Start before the simulator came up: "1001:default,1002:default".
    public string StartedChats { get; init; } = "";

    // Telegram's own limits; off, so that tests run at full speed.
    public bool RealLimits { get; init; }
    public double RetryScale { get; init; } = 0.1;
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    // Where chats outlive the process; without it they do not.
    public string? StateFile { get; init; }
}

// The Bot API on the loopback address, and the people at the other end of it.
public sealed class TelegramSimulator : IAsyncDisposable
{
    readonly TelegramSimulatorOptions _options;
    readonly StateFile<IReadOnlyList<ChatView>> _state;
    WebApplication? _app;
    Uri? _baseAddress;

    TelegramSimulator(TelegramSimulatorOptions options)
    {
        _options = options;
        // Seconds, so that ids go on rising over a restart: who has seen an id takes it for a repetition.
        var lastUpdateId = (int)(options.Clock.GetUtcNow().ToUnixTimeSeconds() - 1_500_000_000);
        Bots = [.. options.Bots.Select(account => new Bot(account, lastUpdateId))];
        Updates = new UpdateSender(options.RetryScale, options.Clock);
        Limits = options.RealLimits ? new SendLimits() : null;
        var kept = StateFile<IReadOnlyList<ChatView>>.Read(options.StateFile);
        _state = new StateFile<IReadOnlyList<ChatView>>(options.StateFile, State);
        Chats = new ChatBook(_state.Changed);
        StartGivenChats();
        Chats.Restore(kept ?? []);
    }

    public Uri BaseAddress => _baseAddress ?? throw new InvalidOperationException("The simulator has not been started.");

    internal IReadOnlyList<Bot> Bots { get; }
    internal ChatBook Chats { get; }
    internal UpdateSender Updates { get; }
    internal TelegramTroubles Troubles { get; } = new();
    internal SendLimits? Limits { get; set; }
    internal SendCounts Counts { get; } = new();
    internal TimeProvider Clock => _options.Clock;

    public static async Task<TelegramSimulator> StartAsync(TelegramSimulatorOptions options, CancellationToken cancellationToken = default)
    {
        var simulator = new TelegramSimulator(options);
        var app = SimulatorHost.Create(options.Port);
        BotApi.Map(app, simulator);
        TelegramControl.Map(app, simulator);
        TelegramPages.Map(app, simulator);
        await SimulatorHost.StartAsync(app, "SIMULATOR_TELEGRAM_PORT", cancellationToken);
        simulator._app = app;
        simulator._baseAddress = SimulatorHost.AddressOf(app);
        return simulator;
    }

    internal Bot? FindBot(string name) => Bots.FirstOrDefault(bot => bot.IsNamed(name));

    // Webhooks stay: they belong to the running application and not to a test.
    internal void Reset()
    {
        Updates.Clear();
        Troubles.Clear();
        Counts.Clear();
        Chats.Clear();
        StartGivenChats();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await Updates.DisposeAsync();
        await _state.DisposeAsync();
    }

    IReadOnlyList<ChatView> State() => Chats.List();

    void StartGivenChats()
    {
        foreach (var entry in _options.StartedChats.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry.Split(':') is not [var id, var bot] || !long.TryParse(id, out var chatId) || FindBot(bot) is null)
                throw new InvalidOperationException(
                    $"SIMULATOR_TELEGRAM_STARTED has '{entry}'; write each chat as <chat id>:<bot>, the bot one of " +
                    $"{string.Join(", ", Bots.Select(known => known.Account.Key))}.");
            Chats.FindOrAdd(chatId).Start(bot);
        }
    }
}
