using static ServerlessBusiness.Notifications.Templates.NotificationType;

namespace ServerlessBusiness.Notifications.Templates;

/// <summary>Payments and invoices.</summary>
internal static class MoneyTemplates
{
    /// <summary>Where the invoice is read and paid; who holds the link needs no sign-in, so it is made when the message leaves.</summary>
    public const string PayLink = "payLink";

    /// <summary>The invoice that the link leads to, by its id; no text shows it.</summary>
    public const string LinkedInvoice = "invoice";

    private static readonly TimeSpan Days = TimeSpan.FromDays(3);

    public static readonly IReadOnlyList<NotificationType> Types =
    [
        Of("payment_received", Priority.High, canBeMuted: false,
            new Template("Payment received", "Payment received: {{amount|money}}. Thank you! 💳"),
            new Template("Pembayaran diterima", "Pembayaran diterima: {{amount|money}}. Terima kasih! 💳")),
        Of("payment_failed", Priority.High, canBeMuted: false,
            new Template("Payment failed", "Your payment of {{amount|money}} did not go through. Please try again or choose another method. ❌\n{{payLink}}"),
            new Template("Pembayaran gagal", "Pembayaran Anda sebesar {{amount|money}} tidak berhasil. Silakan coba lagi atau pilih metode lain. ❌\n{{payLink}}")) with
        {
            Late = [PayLink],
        },
        Of("payment_reversed", Priority.High, canBeMuted: false,
            new Template("Payment reversed", "Your bank has taken back the payment of {{amount|money}}. The invoice is open again. ⚠️"),
            new Template("Pembayaran ditarik kembali", "Bank Anda menarik kembali pembayaran {{amount|money}}. Tagihan terbuka lagi. ⚠️")),
        Of("payment_refunded", Priority.Medium, canBeMuted: false,
            new Template("Refund", "We have refunded {{amount|money}} to you. ↩️"),
            new Template("Pengembalian dana", "Kami telah mengembalikan {{amount|money}} kepada Anda. ↩️")),
        Of("invoice_issued", Priority.Medium, canBeMuted: false,
            new Template("Invoice {{number}}", "Invoice {{number}} over {{amount|money}} is ready. Please pay it by {{date|date}}. 🧾\n{{payLink}}"),
            new Template("Tagihan {{number}}", "Tagihan {{number}} sebesar {{amount|money}} sudah siap. Mohon dibayar sebelum {{date|date}}. 🧾\n{{payLink}}")) with
        {
            Life = Days,
            Late = [PayLink],
            Channels = Channels.MailFirst,
        },
        Of("invoice_reminder", Priority.Medium, canBeMuted: false,
            new Template("Invoice {{number}} is due soon", "Invoice {{number}} over {{amount|money}} is due on {{date|date}}. 🧾\n{{payLink}}"),
            new Template("Tagihan {{number}} segera jatuh tempo", "Tagihan {{number}} sebesar {{amount|money}} jatuh tempo pada {{date|date}}. 🧾\n{{payLink}}")) with
        {
            Life = Days,
            Late = [PayLink],
        },
        Of("invoice_overdue", Priority.High, canBeMuted: false,
            new Template("Invoice {{number}} is overdue", "Invoice {{number}} over {{amount|money}} is {{days}} days overdue. Please pay it soon. ⏰\n{{payLink}}"),
            new Template("Tagihan {{number}} terlambat", "Tagihan {{number}} sebesar {{amount|money}} terlambat {{days}} hari. Mohon segera dibayar. ⏰\n{{payLink}}")) with
        {
            Life = Days,
            Late = [PayLink],
        },
        Of("invoice_overdue_reminder", Priority.High, canBeMuted: false,
            new Template("Invoice {{number}} is still unpaid", "Invoice {{number}} is {{days}} days overdue, and {{amount|money}} of it are still open. Please pay it now. ⏰\n{{payLink}}"),
            new Template("Tagihan {{number}} belum dibayar", "Tagihan {{number}} terlambat {{days}} hari, dan {{amount|money}} belum dibayar. Mohon dibayar sekarang. ⏰\n{{payLink}}")) with
        {
            Life = Days,
            Late = [PayLink],
        },
        Of("invoice_overdue_warning", Priority.Critical, canBeMuted: false,
            new Template(
                "Last warning: invoice {{number}}",
                "Invoice {{number}} over {{amount|money}} is {{days}} days overdue. Unless it is paid, your access stops on {{date|date}}. ⚠️\n{{payLink}}"),
            new Template(
                "Peringatan terakhir: tagihan {{number}}",
                "Tagihan {{number}} sebesar {{amount|money}} terlambat {{days}} hari. Jika tidak dibayar, akses Anda berhenti pada {{date|date}}. ⚠️\n{{payLink}}")) with
        {
            Life = Days,
            Late = [PayLink],
        },
        Of("invoice_overdue_suspended", Priority.Critical, canBeMuted: false,
            new Template(
                "Invoice {{number}} is unpaid",
                "Invoice {{number}} over {{amount|money}} is {{days}} days overdue. What it pays for stands still and goes on as soon as it is paid. 🛑\n{{payLink}}"),
            new Template(
                "Tagihan {{number}} tidak dibayar",
                "Tagihan {{number}} sebesar {{amount|money}} terlambat {{days}} hari. Layanannya berhenti dan berjalan lagi segera setelah dibayar. 🛑\n{{payLink}}")) with
        {
            Life = Days,
            Late = [PayLink],
        },
        Of("credit_note_issued", Priority.Medium, canBeMuted: false,
            new Template("Credit note {{number}}", "Of invoice {{invoice}} we have credited {{amount|money}} with credit note {{number}}. 🧾"),
            new Template("Nota kredit {{number}}", "Dari tagihan {{invoice}} kami mengkreditkan {{amount|money}} dengan nota kredit {{number}}. 🧾")) with
        {
            Life = Days,
            Channels = Channels.MailFirst,
        },
        Of("invoice_cancelled", Priority.Medium, canBeMuted: false,
            new Template("Invoice {{number}} is cancelled", "Invoice {{number}} is cancelled. There is nothing to pay."),
            new Template("Tagihan {{number}} dibatalkan", "Tagihan {{number}} dibatalkan. Tidak ada yang perlu dibayar.")) with
        {
            Life = Days,
            Channels = Channels.MailFirst,
        },
    ];
}
