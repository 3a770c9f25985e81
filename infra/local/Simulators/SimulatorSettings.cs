using ServerlessBusiness.Simulators.Mail;
using ServerlessBusiness.Simulators.Midtrans;
using ServerlessBusiness.Simulators.Telegram;

namespace ServerlessBusiness.Simulators;

// Environment variables of the process, with the defaults of the local stack.
static class SimulatorSettings
{
    public static MidtransSimulatorOptions Midtrans(TimeProvider clock)
    {
        var defaults = new MidtransSimulatorOptions();
        return new MidtransSimulatorOptions
        {
            Port = Number("SIMULATOR_MIDTRANS_PORT", 8031),
            ServerKey = Text("MIDTRANS_SERVER_KEY") ?? defaults.ServerKey,
            ClientKey = Text("MIDTRANS_CLIENT_KEY"),
            WebhookUrl = Text("MIDTRANS_WEBHOOK_URL"),
            RetryScale = Factor("SIMULATOR_MIDTRANS_RETRY_SCALE", defaults.RetryScale),
            PendingNotices = Text("SIMULATOR_MIDTRANS_PENDING_NOTICES") != "0",
            Clock = clock,
            StateFile = StateOf("midtrans")
        };
    }

    public static TelegramSimulatorOptions Telegram(TimeProvider clock)
    {
        var defaults = new TelegramSimulatorOptions();
        return new TelegramSimulatorOptions
        {
            Port = Number("SIMULATOR_TELEGRAM_PORT", 8032),
            Bots = [.. defaults.Bots.Select(bot => bot with { Token = TokenOf(bot) })],
            StartedChats = Text("SIMULATOR_TELEGRAM_STARTED") ?? "",
            RealLimits = Text("SIMULATOR_TELEGRAM_LIMITS") == "1",
            RetryScale = Factor("SIMULATOR_TELEGRAM_RETRY_SCALE", defaults.RetryScale),
            Clock = clock,
            StateFile = StateOf("telegram")
        };
    }

    public static MailSimulatorOptions Mail(TimeProvider clock) => new()
    {
        Port = Number("SIMULATOR_MAIL_PORT", 8033),
        SmtpPort = Number("SIMULATOR_SMTP_PORT", 8034),
        Clock = clock,
        StateFile = StateOf("mail")
    };

    public static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    // Below the folder that the stack names; nothing is kept without one.
    static string? StateOf(string simulator) =>
        Text("SIMULATOR_STATE_FOLDER") is { } folder ? Path.Combine(folder, simulator + ".json") : null;

    static string TokenOf(BotAccount bot) => Text($"TELEGRAM_BOT_TOKEN_{bot.Key.ToUpperInvariant()}") ?? bot.Token;

    static int Number(string name, int otherwise)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return int.TryParse(text, out var number) && number is >= 0 and <= 65_535
            ? number
            : throw new InvalidOperationException($"{name} is '{text}'; it must be a port from 0 to 65535, 0 meaning any free one.");
    }

    static double Factor(string name, double otherwise)
    {
        if (Text(name) is not { } text)
            return otherwise;
        return double.TryParse(text, out var factor) && factor is >= 0 and <= 100
            ? factor
            : throw new InvalidOperationException($"{name} is '{text}'; it must be a factor from 0 to 100, like 0.01.");
    }
}
