using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Notifications.Alerts;
using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Limits;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Requests;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Notifications;

internal static class NotificationsServices
{
    private static readonly TimeSpan TelegramCall = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TelegramConnection = TimeSpan.FromSeconds(5);

    public static void AddNotifications(this FunctionsApplicationBuilder builder)
    {
        builder.AddSettings<TelegramOptions>();
        builder.AddSettings<LimitOptions>();
        builder.AddSettings<MailOptions>();
        builder.AddSettings<PayLinkOptions>();
        builder.Services
            .AddProviderHealth("telegram", services => new Uri(OptionsOf<TelegramOptions>(services).ApiUrl ?? TelegramOptions.Telegram))
            .AddProviderHealth("smtp", services => new UriBuilder("smtp", OptionsOf<MailOptions>(services).Host, OptionsOf<MailOptions>(services).Port).Uri);
        builder.AddSettings<PageOptions>();
        DapperSetup.MapEnum<DeliveryStatus>();
        DapperSetup.MapEnum<DigestRhythm>();

        // A Telegram address holds the bot's token, so nothing may log it. The clients live as long as the app; connections do not.
        builder.Services.AddHttpClient(TelegramBots.HttpClientName, client => client.Timeout = TelegramCall)
            .ConfigurePrimaryHttpMessageHandler(() => new TelegramConnections(TelegramConnection))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();

        builder.Services.AddPersonalData(NotificationsPersonalData.Sources);
        builder.Services
            .AddSingleton<PreferenceStore>()
            .AddSingleton<UnsubscribeToken>()
            .AddSingleton<ForgetUser>()
            .AddSingleton<TemplateOverrideStore>()
            .AddSingleton<TenantTexts>()
            .AddSingleton<ReadableTexts>()
            .AddSingleton<Announce>()
            .AddSingleton<RequestNotifications>()
            .AddSingleton<ReviveNotifications>()
            .AddSingleton<SymbolStore>()
            .AddSingleton<SendTradingAlert>();
        AddDeliveries(builder.Services);
        AddChats(builder.Services);
    }

    private static void AddDeliveries(IServiceCollection services) => services
        .AddSingleton<DeliveryStore>()
        .AddSingleton<ClaimStore>()
        .AddSingleton<DigestStore>()
        .AddSingleton<SweepStore>()
        .AddSingleton<Claims>()
        .AddSingleton<SendLimiter>()
        .AddSingleton<WaitingRoom>()
        .AddSingleton<ComposeMessage>()
        .AddSingleton<PayLink>()
        .AddSingleton<MailPause>()
        .AddSingleton<TelegramPause>()
        .AddSingleton<MailSender>()
        .AddSingleton<SettleDelivery>()
        .AddSingleton<GatherDigest>()
        .AddSingleton<ReadDigest>()
        .AddSingleton<PrepareCall>()
        .AddSingleton<SendNotification>()
        .AddSingleton<DeliveryPlaces>()
        .AddSingleton<SweepDeliveries>();

    private static void AddChats(IServiceCollection services) => services
        .AddSingleton<TelegramLinkStore>()
        .AddSingleton<TelegramUpdateStore>()
        .AddSingleton<LinkTokenStore>()
        .AddSingleton<TelegramBots>()
        .AddSingleton<TelegramSender>()
        .AddSingleton<CloseChat>()
        .AddSingleton<HandOverBot>()
        .AddSingleton<FollowTier>()
        .AddSingleton<FollowMembership>()
        .AddSingleton<CreateTelegramLink>()
        .AddSingleton<LinkChat>()
        .AddSingleton<SharePhone>()
        .AddSingleton<AnswerCommand>()
        .AddSingleton<AnswerUpdate>()
        .AddSingleton<TakeUpdate>()
        .AddHostedService<WebhookRegistration>();

    private static T OptionsOf<T>(IServiceProvider services) where T : class => services.GetRequiredService<IOptions<T>>().Value;
}
