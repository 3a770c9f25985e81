using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>A key of the tests that Users publishes beside its own: with it tests write any token they like.</summary>
public sealed class TestSigningKey(ECDsa key, string id)
{
    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Id => id;
    public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

    /// <summary>The key that every database of the tests holds. Users makes its own beside it.</summary>
    public static async Task<TestSigningKey> PublishAsync(NpgsqlDataSource owner, TestApps apps)
    {
        using var users = apps.Client(FunctionApp.Users, tenant: null);
        await users.GetStringAsync(PublishedKeys.Path);
        return new TestSigningKey(TestKey.Pair, TestKey.Id);
    }

    /// <summary>An access token as Users would write it, with the changes that the test makes.</summary>
    public string Sign(string tenant, Guid user, Guid session, DateTimeOffset now, Action<SecurityTokenDescriptor>? change = null)
    {
        var token = new SecurityTokenDescriptor
        {
            TokenType = AccessTokenValidator.TokenType,
            Issuer = AccessTokenValidator.Issuer,
            Audience = AccessTokenValidator.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = now.UtcDateTime.AddHours(1),
            Claims = new Dictionary<string, object> { ["sub"] = user.ToString(), ["sid"] = session.ToString(), ["tenantId"] = tenant },
            SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = id }, SecurityAlgorithms.EcdsaSha256),
        };
        change?.Invoke(token);
        return handler.CreateToken(token);
    }
}
