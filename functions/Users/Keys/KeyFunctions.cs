using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Users.Keys;

/// <summary>RFC 7517: the public keys by which anybody can verify our access tokens.</summary>
public sealed record KeySetView(IReadOnlyList<KeyView> Keys);

public sealed record KeyView(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y);

public sealed class KeyFunctions(SigningKeys keys)
{
    [Function("PublishedKeys"), Anonymous(NeedsTenant = false), Summary("The public keys of access tokens (JWKS).")]
    public async Task<Ok<KeySetView>> Keys(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ".well-known/jwks.json")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var rows = await keys.ListAsync(cancellationToken);
        return TypedResults.Ok(new KeySetView([.. rows.Select(View)]));
    }

    private static KeyView View(SigningKeyRow row)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(row.PublicKey, out _);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new KeyView("EC", "P-256", "sig", "ES256", row.Id, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y));
    }
}
