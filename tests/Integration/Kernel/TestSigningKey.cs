using System.Security.Cryptography;
using Dapper;
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

    /// <summary>Users signs with the newest key, so it makes its own first and never opens this one, which is older.</summary>
    public static async Task<TestSigningKey> PublishAsync(NpgsqlDataSource owner, TestApps apps)
    {
        using var users = apps.Client(FunctionApp.Users, tenant: null);
        await users.GetStringAsync(PublishedKeys.Path);

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
        await using var connection = await owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into user_management.signing_keys (id, public_key, sealed_private_key, created_at, retires_at)
            values (@id, @publicKey, '', now() - interval '1 day', now() + interval '89 days')
            """,
            new { id, publicKey = key.ExportSubjectPublicKeyInfo() });
        return new TestSigningKey(key, id);
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
