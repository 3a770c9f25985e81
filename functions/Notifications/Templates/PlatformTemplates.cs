using static ServerlessBusiness.Notifications.Templates.NotificationType;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>What the platform itself has to say: welcome, alerts, news, the digest and the chat's own matters.</summary>
internal static class PlatformTemplates
{
    public static readonly IReadOnlyList<NotificationType> Types =
    [
        Of("welcome", Priority.Medium, canBeMuted: true,
            new Template("Welcome", "Welcome to AI Trading Platform! 🚀"),
            new Template("Selamat datang", "Selamat datang di AI Trading Platform! 🚀")) with
        {
            WhenUnknown = UnknownOutcome.NeverRepeat,
        },
        // A signal of a minute ago may cost money: better none than a late one.
        Of(TemplateCatalog.TradingAlert, Priority.High, canBeMuted: true,
            new Template("Trading alert", "🔔 Trading Alert: {{symbol}} - {{signal}}"),
            new Template("Sinyal trading", "🔔 Sinyal Trading: {{symbol}} - {{signal}}")) with
        {
            Life = TimeSpan.FromMinutes(15),
            WhenUnknown = UnknownOutcome.DropWhenStale,
        },
        Of("product_update", Priority.Low, canBeMuted: true,
            new Template("{{headline}}", "<b>{{headline}}</b>\n\n{{text}}"),
            new Template("{{headline}}", "<b>{{headline}}</b>\n\n{{text}}")) with
        {
            Life = TimeSpan.FromDays(7),
            WhenUnknown = UnknownOutcome.NeverRepeat,
        },
        Of(TemplateCatalog.Digest, Priority.Low, canBeMuted: true,
            new Template("Your summary", "<b>Your summary</b>\n\n{{items}}"),
            new Template("Ringkasan Anda", "<b>Ringkasan Anda</b>\n\n{{items}}")) with
        {
            WhenUnknown = UnknownOutcome.NeverRepeat,
            CanBeRequested = false,
            Late = ["items"],
            Required = ["items"],
        },
        Of(TemplateCatalog.TelegramLinked, Priority.High, canBeMuted: false,
            new Template("Telegram linked", "This chat is now linked to your account. ✅"),
            new Template("Telegram terhubung", "Obrolan ini sekarang terhubung ke akun Anda. ✅")) with
        {
            Channels = Channels.ChatOnly,
            WhenUnknown = UnknownOutcome.NeverRepeat,
            CanBeRequested = false,
        },
        Of(TemplateCatalog.BotHandover, Priority.Medium, canBeMuted: false,
            new Template("Your new bot", """
                Your plan comes with a bot of its own. Open it here and press Start, then your messages come from there:
                {{link}}

                The link works once and for ten minutes. Send /status for a new one.
                """),
            new Template("Bot baru Anda", """
                Paket Anda memiliki bot tersendiri. Buka di sini dan tekan Start, lalu pesan Anda akan datang dari sana:
                {{link}}

                Tautan ini hanya dapat dipakai sekali dan berlaku selama sepuluh menit. Kirim /status untuk tautan baru.
                """)) with
        {
            Channels = Channels.ChatOnly,
            WhenUnknown = UnknownOutcome.NeverRepeat,
            CanBeRequested = false,
            Late = ["link"],
            Required = ["link"],
        },
    ];
}
