using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Users;

/// <summary>
/// An authenticator in software with one P-256 key, together with the browser in front of it. What it does can be bent, one thing at a time.
/// </summary>
public sealed class PasskeyDevice
{
    public const string Origin = "http://localhost:3000";
    public const string Domain = "localhost";

    private const byte Present = 0x01;
    private const byte Verified = 0x04;
    private const byte HasKey = 0x40;

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] CredentialId { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Whether its owner proves himself to it by PIN, finger or face.</summary>
    public bool VerifiesUser { get; set; } = true;

    /// <summary>Rises with every signature; null does not count.</summary>
    public uint? Counter { get; set; } = 0;

    public byte[]? UserHandle { get; set; }

    /// <summary>Makes the key's credential for the options: what <c>navigator.credentials.create</c> gives.</summary>
    public JsonObject Make(JsonNode options, string origin = Origin, string? domain = null, string type = "webauthn.create", string? challenge = null)
    {
        UserHandle = Base64Url.DecodeFromChars((string)options["user"]!["id"]!);
        var clientData = ClientData(type, challenge ?? (string)options["challenge"]!, origin);
        var attestation = new CborWriter(CborConformanceMode.Ctap2Canonical);
        attestation.WriteStartMap(3);
        attestation.WriteTextString("fmt");
        attestation.WriteTextString("none");
        attestation.WriteTextString("attStmt");
        attestation.WriteStartMap(0);
        attestation.WriteEndMap();
        attestation.WriteTextString("authData");
        byte[] made = [.. new byte[16], .. Length(CredentialId), .. CredentialId, .. PublicKey()];
        attestation.WriteByteString(AuthenticatorData(domain ?? (string)options["rp"]!["id"]!, HasKey, made));
        attestation.WriteEndMap();
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(clientData),
            ["attestationObject"] = Base64Url.EncodeToString(attestation.Encode()),
            ["transports"] = new JsonArray("internal", "hybrid"),
            // Browsers add these.
            ["publicKeyAlgorithm"] = -7,
        });
    }

    /// <summary>Signs the challenge of the options: what <c>navigator.credentials.get</c> gives.</summary>
    public JsonObject Sign(JsonNode options, string origin = Origin, string? domain = null, string? challenge = null, Action<byte[]>? tamper = null)
    {
        if (Counter is { } counter)
            Counter = counter + 1;
        var clientData = ClientData("webauthn.get", challenge ?? (string)options["challenge"]!, origin);
        var data = AuthenticatorData(domain ?? (string)options["rpId"]!, 0, []);
        var signature = key.SignData(
            [.. data, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        tamper?.Invoke(signature);
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(clientData),
            ["authenticatorData"] = Base64Url.EncodeToString(data),
            ["signature"] = Base64Url.EncodeToString(signature),
            ["userHandle"] = UserHandle is { } handle ? Base64Url.EncodeToString(handle) : null,
        });
    }

    /// <summary>Adds the passkey to the account of the client; the answer is its view.</summary>
    public async Task<JsonNode> AddAsync(HttpClient client, string name = "My phone")
    {
        using var added = await TryAddAsync(client, name);
        var text = await added.Content.ReadAsStringAsync();
        Assert.True(added.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    public async Task<HttpResponseMessage> TryAddAsync(HttpClient client, string name = "My phone") =>
        await client.PostAsJsonAsync("v1/me/passkeys", new { name, credential = Make(await OptionsAsync(client, "v1/me/passkeys/options")) });

    public static async Task<JsonNode> OptionsAsync(HttpClient client, string path)
    {
        using var answer = await client.PostAsync(path, null);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private JsonObject Credential(JsonObject response) => new()
    {
        ["id"] = Base64Url.EncodeToString(CredentialId),
        ["rawId"] = Base64Url.EncodeToString(CredentialId),
        ["type"] = "public-key",
        ["authenticatorAttachment"] = "platform",
        ["clientExtensionResults"] = new JsonObject(),
        ["response"] = response,
    };

    private static byte[] ClientData(string type, string challenge, string origin) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge, origin, crossOrigin = false });

    private byte[] AuthenticatorData(string domain, byte flags, byte[] made)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter ?? 0);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(domain)), (byte)(flags | Present | (VerifiesUser ? Verified : 0)), .. counter, .. made];
    }

    private static byte[] Length(byte[] bytes) => [(byte)(bytes.Length >> 8), (byte)bytes.Length];

    // RFC 9053, 7.1.1: kty EC2, alg ES256, curve P-256.
    private byte[] PublicKey()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(5);
        foreach (var (label, value) in new[] { (1, 2), (3, -7), (-1, 1) })
        {
            writer.WriteInt32(label);
            writer.WriteInt32(value);
        }

        foreach (var (label, value) in new[] { (-2, point.X!), (-3, point.Y!) })
        {
            writer.WriteInt32(label);
            writer.WriteByteString(value);
        }

        writer.WriteEndMap();
        return writer.Encode();
    }
}
