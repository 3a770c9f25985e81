using static ServerlessBusiness.Notifications.Templates.NotificationType;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>What becomes of a subscription and how much of it is used.</summary>
internal static class SubscriptionTemplates
{
    public static readonly IReadOnlyList<NotificationType> Types =
    [
        Of("subscription_activated", Priority.High, canBeMuted: false,
            new Template("Subscription active", "Your {{tier}} subscription is now active! ✅"),
            new Template("Langganan aktif", "Langganan {{tier}} Anda sekarang aktif! ✅")),
        Of("subscription_changed", Priority.Medium, canBeMuted: false,
            new Template("Subscription changed", "Your subscription changes from {{from}} to {{to}} on {{date|date}}. 🔁"),
            new Template("Langganan berubah", "Langganan Anda berubah dari {{from}} ke {{to}} pada {{date|date}}. 🔁")),
        Of("subscription_suspended", Priority.High, canBeMuted: false,
            new Template("Subscription suspended", "Your subscription is suspended. Pay the open invoice to use it again. ⚠️"),
            new Template("Langganan ditangguhkan", "Langganan Anda ditangguhkan. Bayar tagihan yang terbuka untuk memakainya lagi. ⚠️")),
        Of("subscription_cancelled", Priority.Medium, canBeMuted: false,
            new Template("Subscription cancelled", "Your subscription is cancelled. It ends on {{date|date}}."),
            new Template("Langganan dibatalkan", "Langganan Anda dibatalkan dan berakhir pada {{date|date}}.")),
        Of("subscription_expired", Priority.Medium, canBeMuted: false,
            new Template("Subscription expired", "Your subscription expired on {{date|date}}. ⌛"),
            new Template("Langganan berakhir", "Langganan Anda berakhir pada {{date|date}}. ⌛")),
        Of("usage_limit_warning", Priority.Medium, canBeMuted: true,
            new Template("Usage limit", "You have used {{percentage}}% of your {{feature}} quota."),
            new Template("Batas penggunaan", "Anda telah memakai {{percentage}}% dari kuota {{feature}} Anda.")) with
        {
            WhenUnknown = UnknownOutcome.NeverRepeat,
        },
    ];
}
