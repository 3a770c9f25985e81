using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Users;

/// <summary>What an account's owner is told at once, in case it was not he who did it.</summary>
[Collection(nameof(UsersDesk))]
public sealed class SecurityNoticeTests(UsersDesk desk)
{
    private const string Firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";
    private const string Chrome = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36";

    [Fact]
    public async Task A_sign_in_from_a_new_place_is_told_once_and_the_first_one_never()
    {
        var user = await NewKnownUserAsync();
        await SignInFromAsync(user, "203.0.113.7", Firefox);
        // The same browser in the same network.
        await SignInFromAsync(user, "203.0.113.200", Firefox);
        await EndAllAsync(user);
        await SignInFromAsync(user, "203.0.113.8", Firefox);
        await SignInFromAsync(user, "203.0.113.7", Chrome);
        await SignInFromAsync(user, "198.51.100.7", Firefox);
        await SignInFromAsync(user, "198.51.100.9", Firefox);
        await SignInFromAsync(user, "2001:db8:1:2::3", Firefox);
        await SignInFromAsync(user, "2001:db8:1:9::4", Firefox);

        var mails = await desk.MailsAsync(user.Email, 3);
        await desk.UntilQuietAsync();
        mails = await desk.ReadMailsAsync(user.Email);
        Assert.All(mails, mail => Assert.Equal("New sign-in", (string?)mail["subject"]));
        string[] devices = ["Chrome, Android, 203.0.113.7", "Firefox, Windows, 198.51.100.7", "Firefox, Windows, 2001:db8:1:2::3"];
        Assert.Equal(3, mails.Count);
        Assert.All(devices, device => Assert.Single(mails, mail => ((string)mail["text"]!).Contains($"with {device} on ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Who_comes_back_when_all_his_sessions_are_forgotten_is_told_of_it()
    {
        var user = await NewKnownUserAsync();
        await desk.ExecuteAsync(
            "update user_management.users set last_login_at = @before where id = @Id", new { user.Id, before = desk.Apps.Clock.Now.AddDays(-61) });

        await SignInFromAsync(user, "203.0.113.7", Firefox);

        Assert.Equal("New sign-in", (string?)Assert.Single(await desk.MailsAsync(user.Email))["subject"]);
    }

    [Fact]
    public async Task A_second_factor_switched_on_or_off_or_with_new_codes_is_told()
    {
        var phone = await Authenticator.EnrolAsync(desk, await NewKnownUserAsync());
        using var client = phone.Client();
        using var renewed = await client.PostAsync("v1/me/mfa/recovery-codes", null);
        using var off = await client.DeleteAsync("v1/me/mfa/totp");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (renewed.StatusCode, off.StatusCode));
        var mails = await desk.MailsAsync(phone.User.Email, 3);
        Assert.Equal(Enumerable.Repeat("Second factor changed", 3), mails.Select(mail => (string?)mail["subject"]));
    }

    private async Task<TestUser> NewKnownUserAsync()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.ExecuteAsync(
            """
            insert into notification_management.user_notification_preferences (tenant_id, id, user_id, email, introduced_at, created_at, updated_at)
            values (@Tenant, @Id, @Id, @Email, now(), now(), now())
            """,
            user);
        return user;
    }

    private async Task SignInFromAsync(TestUser user, string address, string userAgent)
    {
        using var client = desk.Anonymous(user.Tenant);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent);
        using var answer = await client.PostAsJsonAsync("v1/auth/login", new { login = user.Username, password = UsersDesk.Password });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task EndAllAsync(TestUser user)
    {
        using var client = await desk.SignedInAsync(user);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("v1/me/sessions")).StatusCode);
    }
}
