namespace ServerlessBusiness.Notifications.Templates;

/// <summary>Every kind of notification there is. Money matters cannot be muted: their readers have a right to know.</summary>
public static class TemplateCatalog
{
    public static readonly IReadOnlyDictionary<string, NotificationType> Types = new[]
    {
        Type("welcome", Priority.Medium, canBeMuted: true,
            new Template("Welcome", "Welcome to AI Trading Platform! 🚀"),
            new Template("Selamat datang", "Selamat datang di AI Trading Platform! 🚀")),
        Type("subscription_activated", Priority.High, canBeMuted: false,
            new Template("Subscription active", "Your {{tier}} subscription is now active! ✅"),
            new Template("Langganan aktif", "Langganan {{tier}} Anda sekarang aktif! ✅")),
        Type("subscription_changed", Priority.Medium, canBeMuted: false,
            new Template("Subscription changed", "Your subscription changes from {{from}} to {{to}} on {{date}}. 🔁"),
            new Template("Langganan berubah", "Langganan Anda berubah dari {{from}} ke {{to}} pada {{date}}. 🔁")),
        Type("subscription_suspended", Priority.High, canBeMuted: false,
            new Template("Subscription suspended", "Your subscription is suspended. Pay the open invoice to use it again. ⚠️"),
            new Template("Langganan ditangguhkan", "Langganan Anda ditangguhkan. Bayar tagihan yang terbuka untuk memakainya lagi. ⚠️")),
        Type("subscription_cancelled", Priority.Medium, canBeMuted: false,
            new Template("Subscription cancelled", "Your subscription is cancelled. It ends on {{date}}."),
            new Template("Langganan dibatalkan", "Langganan Anda dibatalkan dan berakhir pada {{date}}.")),
        Type("subscription_expired", Priority.Medium, canBeMuted: false,
            new Template("Subscription expired", "Your subscription expired on {{date}}. ⌛"),
            new Template("Langganan berakhir", "Langganan Anda berakhir pada {{date}}. ⌛")),
        Type("usage_limit_warning", Priority.Medium, canBeMuted: true,
            new Template("Usage limit", "You have used {{percentage}}% of your {{feature}} quota."),
            new Template("Batas penggunaan", "Anda telah memakai {{percentage}}% dari kuota {{feature}} Anda.")),
        Type("payment_received", Priority.High, canBeMuted: false,
            new Template("Payment received", "Payment received: {{amount}}. Thank you! 💳"),
            new Template("Pembayaran diterima", "Pembayaran diterima: {{amount}}. Terima kasih! 💳")),
        Type("payment_failed", Priority.High, canBeMuted: false,
            new Template("Payment failed", "Your payment of {{amount}} did not go through. Please try again or choose another method. ❌"),
            new Template("Pembayaran gagal", "Pembayaran Anda sebesar {{amount}} tidak berhasil. Silakan coba lagi atau pilih metode lain. ❌")),
        Type("payment_reversed", Priority.High, canBeMuted: false,
            new Template("Payment reversed", "Your bank has taken back the payment of {{amount}}. The invoice is open again. ⚠️"),
            new Template("Pembayaran ditarik kembali", "Bank Anda menarik kembali pembayaran {{amount}}. Tagihan terbuka lagi. ⚠️")),
        Type("payment_refunded", Priority.Medium, canBeMuted: false,
            new Template("Refund", "We have refunded {{amount}} to you. ↩️"),
            new Template("Pengembalian dana", "Kami telah mengembalikan {{amount}} kepada Anda. ↩️")),
        Type("invoice_issued", Priority.Medium, canBeMuted: false,
            new Template("Invoice {{number}}", "Invoice {{number}} over {{amount}} is ready. Please pay it by {{date}}. 🧾"),
            new Template("Tagihan {{number}}", "Tagihan {{number}} sebesar {{amount}} sudah siap. Mohon dibayar sebelum {{date}}. 🧾")),
        Type("invoice_overdue", Priority.High, canBeMuted: false,
            new Template("Invoice {{number}} is overdue", "Invoice {{number}} over {{amount}} is {{days}} days overdue. Please pay it soon. ⏰"),
            new Template("Tagihan {{number}} terlambat", "Tagihan {{number}} sebesar {{amount}} terlambat {{days}} hari. Mohon segera dibayar. ⏰")),
        Type("telegram_linked", Priority.High, canBeMuted: false,
            new Template("Telegram linked", "This chat is now linked to your account. ✅"),
            new Template("Telegram terhubung", "Obrolan ini sekarang terhubung ke akun Anda. ✅")),
        Type("trading_alert", Priority.High, canBeMuted: true,
            new Template("Trading alert", "🔔 Trading Alert: {{symbol}} - {{signal}}"),
            new Template("Sinyal trading", "🔔 Sinyal Trading: {{symbol}} - {{signal}}")),
    }.Concat(AccountTemplates.Types).ToDictionary(type => type.Name);

    /// <exception cref="ArgumentException">There is no such kind.</exception>
    public static NotificationType Get(string name) =>
        Types.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no notification type '{name}'.", nameof(name));

    private static NotificationType Type(string name, Priority priority, bool canBeMuted, Template english, Template indonesian) =>
        new(name, priority, canBeMuted, new Dictionary<string, Template> { [Locales.English] = english, [Locales.Indonesian] = indonesian });
}
