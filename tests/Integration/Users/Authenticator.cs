using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OtpNet;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Users;

/// <summary>A user with a second factor, his phone and his sheet of recovery codes.</summary>
public sealed class Authenticator
{
    private readonly UsersDesk desk;
    private readonly byte[] secret;

    private Authenticator(UsersDesk desk, TestUser user, byte[] secret, string accessToken, string firstCode, IReadOnlyList<string> recoveryCodes)
    {
        this.desk = desk;
        this.secret = secret;
        User = user;
        AccessToken = accessToken;
        FirstCode = firstCode;
        RecoveryCodes = recoveryCodes;
    }

    public TestUser User { get; }

    /// <summary>Of the session in which he enrolled.</summary>
    public string AccessToken { get; }

    /// <summary>The code that confirmed the phone, and is used up.</summary>
    public string FirstCode { get; }

    public IReadOnlyList<string> RecoveryCodes { get; }

    public static async Task<Authenticator> EnrolAsync(UsersDesk desk, TestUser user)
    {
        var accessToken = (string)(await desk.SignInAsync(user))["accessToken"]!;
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, accessToken);
        var secret = await EnrolAsync(client);
        var code = CodeOf(secret, desk.Apps.Clock.Now);
        using var confirmed = await client.PostAsJsonAsync("v1/me/mfa/totp/confirm", new { code });
        var text = await confirmed.Content.ReadAsStringAsync();
        Assert.True(confirmed.IsSuccessStatusCode, text);
        return new Authenticator(desk, user, secret, accessToken, code, CodesIn(JsonNode.Parse(text)!));
    }

    /// <summary>The secret of a phone that is not confirmed yet.</summary>
    public static async Task<byte[]> EnrolAsync(HttpClient client)
    {
        using var enrolled = await client.PostAsync("v1/me/mfa/totp", null);
        var text = await enrolled.Content.ReadAsStringAsync();
        Assert.True(enrolled.IsSuccessStatusCode, text);
        return Base32Encoding.ToBytes((string)JsonNode.Parse(text)!["secret"]!);
    }

    public static string CodeOf(byte[] secret, DateTimeOffset now) => new Totp(secret).ComputeTotp(now.UtcDateTime);

    public static IReadOnlyList<string> CodesIn(JsonNode answer) => [.. answer["recoveryCodes"]!.AsArray().Select(code => (string)code!)];

    /// <summary>The next code: half a minute passes.</summary>
    public string NextCode()
    {
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(31));
        return CodeOf(secret, desk.Apps.Clock.Now);
    }

    /// <summary>A code that is none of those good now.</summary>
    public string WrongCode()
    {
        var now = desk.Apps.Clock.Now;
        var near = Enumerable.Range(-3, 7).Select(step => CodeOf(secret, now.AddSeconds(30 * step))).ToHashSet();
        return Enumerable.Range(0, 10).Select(number => number.ToString("000000")).First(code => !near.Contains(code));
    }

    public HttpClient Client() => desk.Apps.Client(FunctionApp.Users, User.Tenant, AccessToken);

    /// <summary>Gives the password; the answer is the token for the second factor.</summary>
    public async Task<string> GivePasswordAsync(string password = UsersDesk.Password)
    {
        var answer = await desk.SignInAsync(User, password);
        Assert.True((bool)answer["mfaRequired"]!);
        Assert.Null(answer["accessToken"]);
        Assert.Null(answer["refreshToken"]);
        return (string)answer["mfaToken"]!;
    }

    public Task<HttpResponseMessage> GiveCodeAsync(string mfaToken, string code) =>
        desk.PostAsync(User.Tenant, "v1/auth/mfa", new { mfaToken, code });

    public Task<HttpResponseMessage> GiveRecoveryCodeAsync(string mfaToken, string recoveryCode) =>
        desk.PostAsync(User.Tenant, "v1/auth/mfa", new { mfaToken, recoveryCode });
}
