using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class PasskeyStepUpTests(UsersDesk desk)
{
    private const string Options = "v1/auth/step-up/passkey/options";

    [Fact]
    public async Task A_passkey_proves_anew_who_uses_the_session_also_with_a_second_factor()
    {
        var phone = await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(await desk.NewTenantAsync()));
        using var client = phone.Client();
        var device = new PasskeyDevice();
        await device.AddAsync(client);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.False(await MayRenewCodesAsync(client));
        var options = await PasskeyDevice.OptionsAsync(client, Options);
        Assert.Equal("required", (string)options["userVerification"]!);
        Assert.Single(options["allowCredentials"]!.AsArray());

        // Authenticators need not say whose a passkey is that was asked for by its name.
        device.UserHandle = null;
        using (var proven = await client.PostAsJsonAsync("v1/auth/step-up/passkey", new { credential = device.Sign(options) }))
            Assert.Equal(HttpStatusCode.NoContent, proven.StatusCode);

        Assert.True(await MayRenewCodesAsync(client));
        Assert.Contains("session.stepped_up", await desk.AuditAsync(phone.User.Tenant));
    }

    [Theory]
    [InlineData("only touched")]
    [InlineData("of somebody else")]
    [InlineData("of another session")]
    [InlineData("of a sign-in")]
    [InlineData("used")]
    [InlineData("counter")]
    [InlineData("signature")]
    public async Task What_proves_nothing_leaves_the_session_as_it_was(string wrong)
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var (device, other) = (new PasskeyDevice(), new PasskeyDevice());
        using var client = await SignedInAsync(user);
        using var elsewhere = await SignedInAsync(user);
        using var neighbour = await SignedInAsync(await desk.NewUserAsync(user.Tenant));
        await device.AddAsync(client);
        await other.AddAsync(neighbour);
        if (wrong == "counter")
        {
            device.Counter = 8;
            using var first = await client.PostAsJsonAsync(
                "v1/auth/step-up/passkey", new { credential = device.Sign(await PasskeyDevice.OptionsAsync(client, Options)) });
            Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
            device.Counter = 2;
        }

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(11));
        var options = wrong switch
        {
            "of another session" => await PasskeyDevice.OptionsAsync(elsewhere, Options),
            "of a sign-in" => await PasskeyDevice.OptionsAsync(client, "v1/auth/passkey/options"),
            _ => await PasskeyDevice.OptionsAsync(client, Options),
        };
        if (wrong == "used")
            (await client.PostAsJsonAsync("v1/auth/step-up/passkey", new { credential = device.Sign(options, origin: "https://evil.example") })).Dispose();
        device.VerifiesUser = wrong != "only touched";
        var credential = wrong switch
        {
            "of somebody else" => other.Sign(options),
            "signature" => device.Sign(options, tamper: signature => signature[^1] ^= 1),
            _ => device.Sign(options),
        };

        using var answer = await client.PostAsJsonAsync("v1/auth/step-up/passkey", new { credential });

        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "WRONG_PASSKEY");
        using var sensitive = await client.PostAsync("v1/me/mfa/totp", null);
        await Problem.AssertAsync(sensitive, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");
        Assert.Equal("passkey.failed", (await desk.AuditAsync(user.Tenant))[^1]);
    }

    [Fact]
    public async Task Who_has_no_passkey_is_told_so()
    {
        using var client = await SignedInAsync(await desk.NewUserAsync(await desk.NewTenantAsync()));

        using var answer = await client.PostAsync(Options, null);

        await Problem.AssertAsync(answer, HttpStatusCode.NotFound, "PASSKEY_NOT_FOUND");
    }

    private static async Task<bool> MayRenewCodesAsync(HttpClient client)
    {
        using var answer = await client.PostAsync("v1/me/mfa/recovery-codes", null);
        return answer.IsSuccessStatusCode;
    }

    private async Task<HttpClient> SignedInAsync(TestUser user) =>
        desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)(await desk.SignInAsync(user))["accessToken"]!);
}
