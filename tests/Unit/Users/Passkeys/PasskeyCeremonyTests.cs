using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Users.Passkeys;

namespace ServerlessBusiness.Tests.Unit.Users.Passkeys;

public sealed class PasskeyCeremonyTests
{
    private static readonly byte[] Challenge = [1, 2, 3, 4];
    private static readonly PasskeyCeremony Ceremony = new(
        Options.Create(new PasskeyOptions { AppUrl = "https://app.example.com" }), NullLogger<PasskeyCeremony>.Instance);

    [Theory]
    [InlineData("""{"type":"webauthn.get","challenge":"AQIDBA","origin":"https://app.example.com","crossOrigin":false}""", "AQIDBA")]
    [InlineData("""{"challenge":"AQIDBA","anything":{"else":[1]}}""", "AQIDBA")]
    [InlineData("""{"challenge":"+/+/"}""", "")]
    [InlineData("""{"challenge":null}""", "")]
    [InlineData("""{"challenge":{"a":1}}""", "")]
    [InlineData("""{"type":"webauthn.get"}""", "")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("", "")]
    public void The_challenge_is_read_out_of_what_the_browser_says(string clientData, string challenge)
    {
        Assert.Equal(challenge, WebAuthnText.Text(PasskeyCeremony.ChallengeIn(Encoding.UTF8.GetBytes(clientData))));
    }

    [Fact]
    public void Whatever_bytes_come_they_are_refused_and_nothing_is_thrown()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var passkey = new Passkey(
            Guid.NewGuid(), Guid.NewGuid(), "key", [1], key.ExportSubjectPublicKeyInfo(), "", Synced: false, DateTimeOffset.UnixEpoch,
            LastUsedAt: null);
        string[] nearlyRight =
        [
            "{}", """{"type":"webauthn.get","challenge":"AQIDBA","origin":"null"}""", """{"type":"webauthn.create","challenge":"AQIDBA"}""",
            """{"type":"webauthn.get","challenge":"AQIDBA","origin":"https://app.example.com"}""",
            """{"type":"webauthn.create","challenge":"AQIDBA","origin":"https://app.example.com"}""",
        ];
        var clientData = Gen.OneOf<byte[]>(
            Gen.Byte.Array[0, 60], Gen.Int[0, nearlyRight.Length - 1].Select(one => Encoding.UTF8.GetBytes(nearlyRight[one])));
        var bytes = Gen.Byte.Array[0, 120];

        Gen.Select(clientData, bytes, bytes).Sample((client, data, signature) =>
        {
            // Nothing in there waits for anything.
            var used = Ceremony.VerifyAsync(Challenge, passkey, client, data, signature, null, verifiesUser: false, CancellationToken.None);
            var made = Ceremony.VerifyNewAsync(Challenge, passkey.UserId, [1], client, data, CancellationToken.None);
            return used is { IsCompletedSuccessfully: true, Result: null } && made is { IsCompletedSuccessfully: true, Result: null };
        });
    }

    [Fact]
    public async Task Deeply_nested_bytes_do_not_exhaust_the_stack()
    {
        var nested = Enumerable.Repeat((byte)0x81, 48_000).Append((byte)0).ToArray();
        var clientData = Encoding.UTF8.GetBytes("""{"type":"webauthn.create","challenge":"AQIDBA","origin":"https://app.example.com"}""");

        Assert.Null(await Ceremony.VerifyNewAsync(Challenge, Guid.NewGuid(), [1], clientData, nested, CancellationToken.None));
    }

    [Theory]
    [InlineData(" My phone ", "My phone")]
    [InlineData("Ponsel 📱", "Ponsel 📱")]
    public void A_name_is_kept_without_the_space_around_it(string typed, string name) => Assert.Equal(name, Passkey.NameOf(typed));

    [Theory]
    [InlineData("   ")]
    [InlineData("a\nb")]
    [InlineData("a\u001bb")]
    public void A_name_that_garbles_a_list_is_refused(string typed) =>
        Assert.Equal("INVALID_NAME", Assert.Throws<ServerlessBusiness.Shared.Problems.ProblemException>(() => Passkey.NameOf(typed)).Code);
}
