namespace ServerlessBusiness.Notifications.Templates;

/// <summary>What an account's owner has to know at once, in case it was not he who did it.</summary>
internal static class SecurityTemplates
{
    public static readonly IReadOnlyList<NotificationType> Types =
    [
        Type("new_sign_in",
            new Template("New sign-in", "Somebody signed in to your account with {{device}} on {{at|datetime}}. If it was not you, change your password now. 🔐"),
            new Template("Masuk baru", "Seseorang masuk ke akun Anda dengan {{device}} pada {{at|datetime}}. Jika bukan Anda, segera ganti kata sandi Anda. 🔐")),
        Type("second_factor_changed",
            new Template("Second factor changed", "The second factor of your account was changed on {{at|datetime}}. If it was not you, contact us now. 🔐"),
            new Template("Faktor kedua diubah", "Faktor kedua akun Anda diubah pada {{at|datetime}}. Jika bukan Anda, segera hubungi kami. 🔐")),
        Type("account_suspended",
            new Template("Account suspended", "Your account is suspended: {{reason}}. Contact us to use it again. ⚠️"),
            new Template("Akun ditangguhkan", "Akun Anda ditangguhkan: {{reason}}. Hubungi kami untuk memakainya lagi. ⚠️")),
    ];

    private static NotificationType Type(string name, Template english, Template indonesian) =>
        NotificationType.Of(name, Priority.Critical, canBeMuted: false, english, indonesian) with { Channels = Channels.MailFirst };
}
