using ServerlessBusiness.Notifications.Templates;

namespace ServerlessBusiness.Notifications.TelegramChats;

/// <summary>What a chat is answered, in the language of its reader.</summary>
internal sealed record ChatAnswers(
    string NotLinked, string Linked, string NewBot, string Stopped, string Settings, string ShareContact, string Thanks, string NotYours, string NotLinkedYet)
{
    private static readonly ChatAnswers English = new(
        NotLinked: "Hello! To link this chat, open your notification settings on the platform and press the Telegram link there.",
        Linked: "This chat is linked, and your messages come from here. /settings changes what you get, /stop ends it.",
        NewBot: "Your plan comes with a bot of its own. Open it within ten minutes and press Start:\n{0}",
        Stopped: "You will get no more messages here. What you must know comes by e-mail. To come back, press the Telegram link in your settings.",
        Settings: "Choose what you get, your quiet hours and your summary here:\n{0}\n\nYou can also confirm your phone number with the button below.",
        ShareContact: "Share my phone number",
        Thanks: "Thank you! Your phone number is confirmed. ✅",
        NotYours: "This is somebody else's contact. Share your own to confirm your phone number.",
        NotLinkedYet: "This chat is not linked to an account yet. Open your notification settings on the platform and press the Telegram link there first.");

    private static readonly ChatAnswers Indonesian = new(
        NotLinked: "Halo! Untuk menghubungkan obrolan ini, buka pengaturan notifikasi di platform dan tekan tautan Telegram di sana.",
        Linked: "Obrolan ini terhubung dan pesan Anda datang dari sini. /settings mengubah isinya, /stop menghentikannya.",
        NewBot: "Paket Anda memiliki bot tersendiri. Buka dalam sepuluh menit dan tekan Start:\n{0}",
        Stopped: "Anda tidak akan menerima pesan lagi di sini. Yang wajib Anda ketahui dikirim lewat email. Untuk kembali, tekan tautan Telegram di pengaturan.",
        Settings: "Pilih pesan, jam tenang, dan ringkasan Anda di sini:\n{0}\n\nAnda juga dapat mengonfirmasi nomor telepon dengan tombol di bawah.",
        ShareContact: "Bagikan nomor telepon saya",
        Thanks: "Terima kasih! Nomor telepon Anda telah dikonfirmasi. ✅",
        NotYours: "Ini kontak orang lain. Bagikan kontak Anda sendiri untuk mengonfirmasi nomor telepon.",
        NotLinkedYet: "Obrolan ini belum terhubung ke akun. Buka pengaturan notifikasi di platform dan tekan tautan Telegram di sana terlebih dahulu.");

    public static ChatAnswers In(string? locale) => Locales.Of(locale) == Locales.Indonesian ? Indonesian : English;
}
