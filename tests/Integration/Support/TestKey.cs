using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace ServerlessBusiness.Tests.Support;

/// <summary>
/// A key of access tokens that stands in every database of the tests beside those of Users, before any app starts and learns the keys. Users
/// cannot open it and never signs with it.
/// </summary>
internal static class TestKey
{
    public static readonly ECDsa Pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static readonly string Id = Convert.ToHexStringLower(SHA256.HashData(Pair.ExportSubjectPublicKeyInfo()))[..16];

    // Tests move the clock by years.
    public static Task<int> PublishAsync(NpgsqlConnection owner) => owner.ExecuteAsync(
        """
        insert into user_management.signing_keys (id, public_key, sealed_private_key, created_at, retires_at)
        values (@Id, @publicKey, '', now() - interval '1 day', now() + interval '20 years')
        """,
        new { Id, publicKey = Pair.ExportSubjectPublicKeyInfo() });
}
