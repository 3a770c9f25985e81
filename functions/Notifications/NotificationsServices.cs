using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Notifications;

internal static class NotificationsServices
{
    public static void AddNotifications(this FunctionsApplicationBuilder builder)
    {
        builder.AddSettings<TelegramOptions>();
        builder.AddSettings<MailOptions>();
        builder.Services
            .AddProviderHealth("telegram", services => new Uri(OptionsOf<TelegramOptions>(services).ApiUrl ?? TelegramOptions.Telegram))
            .AddProviderHealth("smtp", services => new UriBuilder("smtp", OptionsOf<MailOptions>(services).Host, OptionsOf<MailOptions>(services).Port).Uri);
        DapperSetup.MapEnum<DeliveryStatus>();

        // A Telegram address holds the bot's token, so nothing may log it. The clients live as long as the app; connections do not.
        builder.Services.AddHttpClient(TelegramBots.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(10))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(3) })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();

        builder.Services.AddPersonalData(NotificationsPersonalData.Sources);
        builder.Services
            .AddSingleton<PreferenceStore>()
            .AddSingleton<DeliveryStore>()
            .AddSingleton<SweepStore>()
            .AddSingleton<LinkTokenStore>()
            .AddSingleton<TelegramBots>()
            .AddSingleton<TelegramSender>()
            .AddSingleton<MailSender>()
            .AddSingleton<Announce>()
            .AddSingleton<SendNotification>()
            .AddSingleton<SweepDeliveries>()
            .AddSingleton<ForgetUser>()
            .AddSingleton<CreateTelegramLink>()
            .AddSingleton<LinkChat>()
            .AddSingleton<SharePhone>()
            .AddSingleton<AnswerUpdate>()
            .AddHostedService<WebhookRegistration>();
    }

    private static T OptionsOf<T>(IServiceProvider services) where T : class => services.GetRequiredService<IOptions<T>>().Value;
}
