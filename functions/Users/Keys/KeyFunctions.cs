using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Users.Keys;

/// <summary>RFC 7517: the public keys by which anybody can verify our access tokens.</summary>
public sealed record KeySetView(IReadOnlyList<KeyView> Keys);

public sealed record KeyView(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y);

/// <summary>OpenID Connect discovery, as far as whoever verifies our tokens asks for it: gateways find the keys through it.</summary>
public sealed record DiscoveryView(
    string Issuer,
    [property: JsonPropertyName("jwks_uri")] string JwksUri,
    [property: JsonPropertyName("id_token_signing_alg_values_supported")] IReadOnlyList<string> SigningAlgorithms,
    [property: JsonPropertyName("subject_types_supported")] IReadOnlyList<string> SubjectTypes,
    [property: JsonPropertyName("response_types_supported")] IReadOnlyList<string> ResponseTypes);

public sealed class KeyFunctions(SigningKeys keys, IOptions<PublishedKeysOptions> options)
{
    [Function("Discovery"), Anonymous(NeedsTenant = false), Summary("Where the public keys of access tokens are (OpenID Connect discovery).")]
    public Ok<DiscoveryView> Discover(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ".well-known/openid-configuration")] HttpRequest request) =>
        TypedResults.Ok(new DiscoveryView(
            AccessTokenValidator.Issuer, new Uri(new Uri(options.Value.UsersUrl), PublishedKeys.Path).ToString(), ["ES256"], ["public"], ["none"]));

    [Function("PublishedKeys"), Anonymous(NeedsTenant = false), Summary("The public keys of access tokens (JWKS).")]
    public async Task<Ok<KeySetView>> Keys(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = ".well-known/jwks.json")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var rows = await keys.EnsureAsync(cancellationToken);
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
