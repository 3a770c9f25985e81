namespace ServerlessBusiness.Notifications.Templates;

/// <summary>
/// Mails about accounts, and to administrators about what they have to see to. They are of use as long as their link is, cannot be muted, and show
/// the bare token too, for who calls the API himself.
/// </summary>
internal static class AccountTemplates
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static readonly IReadOnlyList<NotificationType> Types =
    [
        Type("verify_email", Day,
            new Template("Confirm your e-mail address", """
                Hello!

                Somebody, hopefully you, has opened an account with this e-mail address. Please confirm that it is yours:
                {{link}}

                The link works for 24 hours at most. If it does not open, enter this code: {{token}}

                If it was not you, ignore this mail. Nobody can use the account without confirming it.
                """),
            new Template("Konfirmasi alamat email Anda", """
                Halo!

                Seseorang, semoga Anda sendiri, membuka akun dengan alamat email ini. Mohon konfirmasi bahwa alamat ini milik Anda:
                {{link}}

                Tautan ini berlaku paling lama 24 jam. Jika tidak dapat dibuka, masukkan kode ini: {{token}}

                Jika bukan Anda, abaikan email ini. Tanpa konfirmasi, akun itu tidak dapat digunakan oleh siapa pun.
                """)),
        Type("account_exists", Hour,
            new Template("You already have an account", """
                Hello!

                Somebody, probably you, has just tried to open an account with this e-mail address. You already have one, so nothing was changed.

                Have you forgotten your password? Choose a new one here:
                {{link}}

                The link works for one hour. If it does not open, enter this code: {{token}}

                If it was not you, you need not do anything.
                """),
            new Template("Anda sudah memiliki akun", """
                Halo!

                Seseorang, mungkin Anda sendiri, baru saja mencoba membuka akun dengan alamat email ini. Anda sudah memiliki akun, jadi tidak ada yang berubah.

                Lupa kata sandi? Pilih kata sandi baru di sini:
                {{link}}

                Tautan ini berlaku selama satu jam. Jika tidak dapat dibuka, masukkan kode ini: {{token}}

                Jika bukan Anda, tidak ada yang perlu Anda lakukan.
                """)),
        Type("password_reset", Hour,
            new Template("Choose a new password", """
                Hello!

                You have asked for a new password. Choose it here:
                {{link}}

                The link works once and for one hour. If it does not open, enter this code: {{token}}

                If you did not ask for it, ignore this mail. Your password stays as it is.
                """),
            new Template("Pilih kata sandi baru", """
                Halo!

                Anda meminta kata sandi baru. Pilih di sini:
                {{link}}

                Tautan ini hanya dapat dipakai sekali dan berlaku selama satu jam. Jika tidak dapat dibuka, masukkan kode ini: {{token}}

                Jika Anda tidak memintanya, abaikan email ini. Kata sandi Anda tidak berubah.
                """)),
        Type("password_changed", Day,
            new Template("Your password was changed", """
                Hello!

                The password of your account was just changed, and your other devices were signed out.

                If it was you, there is nothing to do. If it was not, choose a new password at once with "Forgot password".
                """),
            new Template("Kata sandi Anda telah diubah", """
                Halo!

                Kata sandi akun Anda baru saja diubah, dan perangkat Anda yang lain telah dikeluarkan.

                Jika itu Anda, tidak ada yang perlu dilakukan. Jika bukan, segera pilih kata sandi baru melalui "Lupa kata sandi".
                """)),
        Type("passkey_added", Day,
            new Template("A passkey was added to your account", """
                Hello!

                A passkey was just added to your account. Whoever has it can sign in without your password.

                If it was you, there is nothing to do. If it was not, remove it in the settings of your account at once, end your other sessions there
                and choose a new password.
                """),
            new Template("Passkey ditambahkan ke akun Anda", """
                Halo!

                Sebuah passkey baru saja ditambahkan ke akun Anda. Siapa pun yang memilikinya dapat masuk tanpa kata sandi Anda.

                Jika itu Anda, tidak ada yang perlu dilakukan. Jika bukan, segera hapus passkey itu di pengaturan akun Anda, akhiri sesi Anda yang lain
                di sana, dan pilih kata sandi baru.
                """)),
        Type("passkey_removed", Day,
            new Template("A passkey was removed from your account", """
                Hello!

                A passkey was just removed from your account. It can no longer be used to sign in.

                If it was you, there is nothing to do. If it was not, choose a new password at once with "Forgot password".
                """),
            new Template("Passkey dihapus dari akun Anda", """
                Halo!

                Sebuah passkey baru saja dihapus dari akun Anda dan tidak dapat lagi dipakai untuk masuk.

                Jika itu Anda, tidak ada yang perlu dilakukan. Jika bukan, segera pilih kata sandi baru melalui "Lupa kata sandi".
                """)),
        Type("account_deletion", Week,
            new Template("Your account will be deleted", """
                Hello!

                You have asked for your account to be deleted. It will be gone on {{date}}; until then everything works as before.

                If you think better of it, or if it was not you, sign in and keep the account.
                """),
            new Template("Akun Anda akan dihapus", """
                Halo!

                Anda meminta agar akun Anda dihapus. Akun ini akan hilang pada {{date}}; sampai saat itu semuanya berjalan seperti biasa.

                Jika Anda berubah pikiran, atau jika bukan Anda yang meminta, masuklah dan pertahankan akun ini.
                """)),
        Type("invitation", Week,
            new Template("You are invited to {{tenant}}", """
                Hello!

                You are invited to join {{tenant}}. Choose a username and a password here:
                {{link}}

                The invitation works once and for seven days. If the link does not open, enter this code: {{token}}

                If you do not know {{tenant}}, ignore this mail.
                """),
            new Template("Anda diundang ke {{tenant}}", """
                Halo!

                Anda diundang untuk bergabung dengan {{tenant}}. Pilih nama pengguna dan kata sandi di sini:
                {{link}}

                Undangan ini hanya dapat dipakai sekali dan berlaku selama tujuh hari. Jika tautan tidak dapat dibuka, masukkan kode ini: {{token}}

                Jika Anda tidak mengenal {{tenant}}, abaikan email ini.
                """)),
        Type("payment_surplus", Week,
            new Template("A payment has to go back", """
                Hello!

                {{amount}} have arrived by {{method}} for an invoice that was paid already. The money belongs to its payer.

                The payment provider can send {{refundable}} of it back: refund the payment. What it cannot is transferred by hand; then mark the payment as handled.

                Payment: {{payment}}
                """),
            new Template("Sebuah pembayaran harus dikembalikan", """
                Halo!

                {{amount}} telah masuk melalui {{method}} untuk tagihan yang sudah dibayar. Uang itu milik pembayarnya.

                Penyedia pembayaran dapat mengembalikan {{refundable}} di antaranya: lakukan pengembalian dana. Sisanya ditransfer secara manual, lalu tandai pembayaran sebagai selesai ditangani.

                Pembayaran: {{payment}}
                """)),
    ];

    private static NotificationType Type(string name, TimeSpan life, Template english, Template indonesian) =>
        new(name, Priority.Critical, CanBeMuted: false, new Dictionary<string, Template> { [Locales.English] = english, [Locales.Indonesian] = indonesian })
        {
            Life = life,
            Channels = Channels.MailOnly,
            CanBeRequested = false,
            Required = [.. english.Variables.Intersect(["link"])],
        };
}
