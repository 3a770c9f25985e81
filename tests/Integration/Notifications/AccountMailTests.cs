using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Integration.Notifications;

[Collection(nameof(NotificationsDesk))]
public sealed class AccountMailTests(NotificationsDesk desk)
{
    private const string Link = "https://app.example.com/verify-email?tenant=default&token=a-secret";

    [Fact]
    public async Task A_stranger_gets_the_link_once_and_nothing_readable_of_it_is_kept()
    {
        var user = Guid.CreateVersion7();
        var asked = Ask(user, "en", desk.Apps);
        await desk.DeliverAsync(Envelope.Of(asked, TenantId.Default, DateTimeOffset.UtcNow, null), times: 3);

        var mail = Assert.Single(await desk.MailsAsync(user))!;
        Assert.Equal("Confirm your e-mail address", (string?)mail["subject"]);
        Assert.Contains($"\n{Link}\n", ((string)mail["text"]!).ReplaceLineEndings("\n"));
        Assert.Contains("enter this code: a-secret", (string?)mail["text"]);
        Assert.Contains($"<a href=\"{Link.Replace("&", "&amp;")}\">", (string?)mail["html"]);
        var told = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal(("sent", "email"), (told.Status, told.Channel));
        Assert.Contains("enter this code: •••", told.Message);
        Assert.Equal(0, Assert.Single(await desk.QueryAsync<long>(
            "select count(*) from notification_management.notification_history h where user_id = @user and to_jsonb(h)::text like '%a-secret%'",
            new { user })));
    }

    [Fact]
    public async Task A_user_with_a_linked_chat_gets_it_by_mail_in_his_language_even_if_he_muted_all()
    {
        var (user, chat) = await desk.NewUserAsync(locale: "id");
        await desk.QueryAsync<int>(
            "update notification_management.user_notification_preferences set active = false where user_id = @user", new { user });
        await desk.PublishAsync(Ask(user, "en", desk.Apps));

        Assert.Equal("Konfirmasi alamat email Anda", (string?)Assert.Single(await desk.MailsAsync(user))!["subject"]);
        await desk.HistoryAsync(user);
        Assert.Empty(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task A_secret_that_was_tampered_with_is_not_sent()
    {
        var user = Guid.CreateVersion7();
        var asked = Ask(user, "en", desk.Apps);
        // Each is bound to its name: swapped they do not open.
        await desk.PublishAsync(asked with
        {
            Secrets = new Dictionary<string, string> { ["link"] = asked.Secrets["token"], ["token"] = asked.Secrets["link"] },
        });

        Assert.Equal("failed", Assert.Single(await desk.HistoryAsync(user)).Status);
        Assert.Empty((await desk.Mail.GetFromJsonAsync<JsonArray>($"control/messages?to={NotificationsDesk.Address(user)}"))!);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_deleted_user()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.PublishAsync(Ask(user, "en", desk.Apps));
        await desk.MailsAsync(user);
        await desk.HistoryAsync(user);
        await desk.PublishAsync(new UserDeleted(user));

        await NotificationsDesk.UntilAsync(() => EmailAsync(user), email => email is null);
        Assert.Equal(0, Assert.Single(await desk.QueryAsync<long>(
            """
            select (select count(*) from notification_management.user_notification_preferences p
                    where user_id = @user and (to_jsonb(p)::text like '%@example.com%' or telegram_chat_id is not null))
                + (select count(*) from notification_management.notification_history
                    where user_id = @user and (title <> '' or message <> '' or variables <> '{}' or recipient_email is not null))
            """,
            new { user })));
        await desk.PublishAsync(new SubscriptionCancelled(Guid.CreateVersion7(), user, DateTimeOffset.UnixEpoch));
        Assert.Equal(["failed", "sent"], (await desk.HistoryAsync(user, 2)).Select(row => row.Status).Order());
        Assert.Empty(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task Only_the_own_contact_shared_in_a_linked_chat_proves_a_phone_number()
    {
        var stranger = desk.NewChat();
        var chat = desk.NewChat();
        await desk.LinkAsync(NotificationsDesk.DemoUser, chat);
        await ShareAsync(stranger, "+6281234567890");
        await ShareAsync(chat, "+6281234567891");

        Assert.StartsWith("This chat is not linked", Assert.Single(await desk.TextsAsync(stranger, 1)));
        Assert.StartsWith("Thank you!", Assert.Single(await desk.TextsAsync(chat, 1)));
        Assert.Equal("+6281234567891", await NotificationsDesk.UntilAsync(VerifiedPhoneAsync, phone => phone is not null));
    }

    private static AccountMailRequested Ask(Guid user, string locale, Support.TestApps apps)
    {
        var key = new TokenOptions { Secret = LocalSettings.Shared(apps.Endpoints)["JWT_SECRET"]! }.MailSecretsKey;
        var secrets = new Dictionary<string, string>
        {
            ["link"] = SecretBox.SealText(key, Link, "link"),
            ["token"] = SecretBox.SealText(key, "a-secret", "token"),
        };
        return new AccountMailRequested(
            Guid.CreateVersion7(), user, NotificationsDesk.Address(user), locale, "verify_email", new Dictionary<string, string>(), secrets);
    }

    private async Task ShareAsync(long chat, string phone)
    {
        await desk.Telegram.PostAsJsonAsync("control/chats", new { chatId = chat, bots = new[] { NotificationsDesk.Default } });
        (await desk.Telegram.PostAsJsonAsync($"control/chats/{chat}/contact", new { bot = NotificationsDesk.Default, phone })).EnsureSuccessStatusCode();
    }

    private async Task<string?> EmailAsync(Guid user) => Assert.Single(await desk.QueryAsync<string?>(
        "select email from notification_management.user_notification_preferences where user_id = @user", new { user }));

    private async Task<string?> VerifiedPhoneAsync() => (await desk.QueryAsync<string>(
        "select phone from user_management.users where id = @DemoUser and phone_verified", new { NotificationsDesk.DemoUser })).SingleOrDefault();
}
