using System.Globalization;

namespace ServerlessBusiness.Local.Stack;

/// <summary>The settings of a local stack. The secrets are known to everybody who reads this, and Production refuses them.</summary>
public static class LocalSettings
{
    /// <summary>Of the engines and the apps' roles; they listen on 127.0.0.1 only.</summary>
    public const string EnginePassword = "local-development";
    private const string EveryMinute = "0 * * * * *";
    public const string BrokerRole = "local_broker";

    /// <summary>32 MB of them between two collections. Virtual machines hide their caches, and the runtime's own choice is 2 MB then.</summary>
    public const string NewObjects = "0x2000000";

    // A value of the same name in the launcher's environment wins: a developer may try a real Telegram bot, for example.
    private static readonly Dictionary<string, string> Secrets = new()
    {
        ["JWT_SECRET"] = "local-jwt-secret-that-is-long-enough-for-hs256-and-es256",
        ["PASSWORD_PEPPER"] = "local-password-pepper-of-at-least-32-bytes",
        ["MIDTRANS_SERVER_KEY"] = "SB-Mid-server-local-SAMPLE",
        ["MIDTRANS_CLIENT_KEY"] = "SB-Mid-client-local-SAMPLE",
        ["MIDTRANS_WEBHOOK_SECRET"] = "local-midtrans-webhook-secret",
        // 32 bytes: "local-payment-encryption-SAMPLE!"
        ["PAYMENT_ENCRYPTION_KEY"] = "bG9jYWwtcGF5bWVudC1lbmNyeXB0aW9uLVNBTVBMRSE=",
        ["TELEGRAM_BOT_TOKEN_DEFAULT"] = "123456001:local-SAMPLE-default-bot-token",
        ["TELEGRAM_BOT_TOKEN_PREMIUM"] = "123456002:local-SAMPLE-premium-bot-token",
        ["TELEGRAM_BOT_TOKEN_ENTERPRISE"] = "123456003:local-SAMPLE-enterprise-bot-token",
        ["MAIL_FROM"] = "no-reply@ai-trading.example",
    };

    /// <summary>What every app gets.</summary>
    public static Dictionary<string, string?> Shared(StackEndpoints stack)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["OUTBOX_SWEEP_SCHEDULE"] = EveryMinute,
            ["SUBSCRIPTION_RENEWAL_SCHEDULE"] = EveryMinute,
            ["BILLING_SCHEDULE"] = "0 0 0 1 * *",
            ["BILLING_CATCH_UP_SCHEDULE"] = "0 5 0 * * *",
            ["USAGE_SWEEP_SCHEDULE"] = "30 * * * * *",
            ["RECONCILE_SCHEDULE"] = EveryMinute,
            ["RECONCILIATION_REPORT_SCHEDULE"] = "0 30 0 * * *",
            ["RETRY_SWEEP_SCHEDULE"] = EveryMinute,
            ["COLLECT_SCHEDULE"] = EveryMinute,
            ["OVERDUE_SCHEDULE"] = "0 0 0 * * *",
            ["REMINDER_SCHEDULE"] = "0 0 0 * * 1",
            ["HOUSEKEEPING_SCHEDULE"] = "0 30 * * * *",
            ["ACCOUNT_CLEANUP_SCHEDULE"] = "0 0 4 * * *",
            ["SIGNING_KEY_SCHEDULE"] = "0 0 * * * *",
            // Everybody here has the address 127.0.0.1.
            ["SIGN_INS_PER_ADDRESS"] = "6000",
            ["APP_URL"] = "http://127.0.0.1:3000",
            ["POSTGRES_HOST"] = stack.PostgresHost,
            ["POSTGRES_PORT"] = Text(stack.PostgresPort),
            ["POSTGRES_DB"] = stack.Database,
            // Each app signs in as its own role; the owner's name must not reach it through our environment.
            ["POSTGRES_USER"] = null,
            ["POSTGRES_PASSWORD"] = stack.RolePassword,
            ["POSTGRES_IDENTITY"] = null,
            ["POSTGRES_JOBS_IDENTITY"] = null,
            ["ServiceBus"] = stack.RoleConnectionString(BrokerRole),
            ["REDIS_HOST"] = stack.RedisHost,
            ["REDIS_PORT"] = Text(stack.RedisPort),
            ["REDIS_PASSWORD"] = stack.RedisPassword,
            ["REDIS_TLS"] = stack.RedisTls ? "true" : "false",
            ["REDIS_IDENTITY"] = null,
            ["REDIS_USER"] = null,
            ["CLICKHOUSE_HOST"] = stack.ClickHouseHost,
            ["CLICKHOUSE_PORT"] = Text(stack.ClickHousePort),
            ["CLICKHOUSE_USER"] = stack.ClickHouseUser,
            ["CLICKHOUSE_PASSWORD"] = stack.ClickHousePassword,
            ["CLICKHOUSE_DB"] = stack.ClickHouseDatabase,
            ["CLICKHOUSE_TLS"] = stack.ClickHouseTls ? "true" : "false",
            ["AzureWebJobsStorage"] = stack.Storage,
            ["DOCUMENT_STORAGE"] = stack.Storage,
            ["BILLING_PUBLIC_URL"] = stack.PublicUrl(FunctionApp.Billing),
            ["LOCAL_CLOCK_FILE"] = stack.ClockFile,
        };
        foreach (var app in FunctionApp.All)
            settings[app.UrlSetting] = stack.Url(app);
        AddOverridable(settings, Secrets);
        AddOverridable(settings, Providers(stack));
        AddMailServer(settings, stack);
        return settings;
    }

    public static Dictionary<string, string?> For(FunctionApp app, StackEndpoints stack)
    {
        var settings = new Dictionary<string, string?>(Shared(stack))
        {
            ["FUNCTIONS_PORT"] = Text(stack.Ports.Of(app)),
            // Code that runs for seconds does not repay the profiling of its first thousand calls, nor code pages that are never writable.
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_EnableWriteXorExecute"] = "0",
            ["DOTNET_GCgen0size"] = NewObjects,
        };
        // Messages of three bots wait for their turn side by side, up to 32 of each bot, and leave places to mails; they need no processors.
        if (app == FunctionApp.Notifications)
            settings["AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls"] = "128";
        return settings;
    }

    public static Dictionary<string, string?> ForSimulators(StackEndpoints stack, string stateFolder)
    {
        var settings = new Dictionary<string, string?>
        {
            ["SIMULATOR_MIDTRANS_PORT"] = Text(stack.Ports.Midtrans),
            ["SIMULATOR_TELEGRAM_PORT"] = Text(stack.Ports.Telegram),
            ["SIMULATOR_MAIL_PORT"] = Text(stack.Ports.Mail),
            ["SIMULATOR_SMTP_PORT"] = Text(stack.Ports.Smtp),
            ["SIMULATOR_STATE_FOLDER"] = stateFolder,
            // The chats that the demo users have started already.
            ["SIMULATOR_TELEGRAM_STARTED"] = "1001:default,1002:default",
            ["LOCAL_CLOCK_FILE"] = stack.ClockFile,
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_EnableWriteXorExecute"] = "0",
        };
        AddOverridable(settings, Secrets);
        // As the dashboard of the provider would have it.
        settings["MIDTRANS_WEBHOOK_URL"] =
            $"{stack.PublicUrl(FunctionApp.Payments)}/v1/webhooks/midtrans?token={Uri.EscapeDataString(settings["MIDTRANS_WEBHOOK_SECRET"]!)}";
        return settings;
    }

    private static Dictionary<string, string> Providers(StackEndpoints stack) => new()
    {
        ["MIDTRANS_API_URL"] = $"http://127.0.0.1:{stack.Ports.Midtrans}",
        ["MIDTRANS_SNAP_URL"] = $"http://127.0.0.1:{stack.Ports.Midtrans}",
        ["TELEGRAM_API_URL"] = $"http://127.0.0.1:{stack.Ports.Telegram}",
        ["TELEGRAM_WEBHOOK_URL"] = stack.PublicUrl(FunctionApp.Notifications) + "/v1/telegram/webhook",
        ["MAIL_UNSUBSCRIBE_URL"] = stack.PublicUrl(FunctionApp.Notifications) + "/v1/unsubscribe",
    };

    // The launcher's environment gives one as a whole: a sign-in by itself is of another program.
    private static void AddMailServer(Dictionary<string, string?> settings, StackEndpoints stack)
    {
        var ours = new Dictionary<string, string?>
        {
            ["SMTP_HOST"] = "127.0.0.1",
            ["SMTP_PORT"] = Text(stack.Ports.Smtp),
            ["SMTP_TLS"] = "none",
            ["SMTP_USERNAME"] = null,
            ["SMTP_PASSWORD"] = null,
        };
        var isGiven = Given("SMTP_HOST") is not null;
        foreach (var (name, value) in ours)
            settings[name] = isGiven ? Given(name) : value;
    }

    private static void AddOverridable(Dictionary<string, string?> settings, Dictionary<string, string> values)
    {
        foreach (var (name, value) in values)
            settings[name] = Given(name) ?? value;
    }

    private static string? Given(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
