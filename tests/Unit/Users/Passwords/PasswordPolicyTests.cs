using ServerlessBusiness.Users.Passwords;

namespace ServerlessBusiness.Tests.Unit.Users.Passwords;

public sealed class PasswordPolicyTests
{
    private static readonly string[] Words = ["Acme Traders", "acme-prod", "Nusantara Trading", "Nusantara Trading Indonesia", "miriam@acme.example", "mmakeba"];

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("tr0ub4dor&3 yes")]
    [InlineData("\u0446\u0430\u043f\u043b\u044f \u0438 \u043a\u0430\u043a\u0442\u0443\u0441")]
    [InlineData("qzkvwjxp")]
    [InlineData("kite#92Q")]
    [InlineData("blue8$Kx")]
    [InlineData("YoN9cnVG")]
    public void A_password_that_nobody_tries_is_good_whatever_it_is_made_of(string password) => Assert.Null(PasswordPolicy.Fault(password, Words));

    [Theory]
    [InlineData("password")]
    [InlineData("PASSWORD")]
    [InlineData("Passw0rd")]
    [InlineData("12345678")]
    [InlineData("iloveyou")]
    [InlineData("qwertyuiop")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("mmakeba1")]
    [InlineData("acmetraders")]
    [InlineData("acme-prod")]
    [InlineData("tradingplatform")]
    [InlineData("Prediction1")]
    [InlineData("jennifer")]
    [InlineData("Jennifer1")]
    [InlineData("michelle2024")]
    [InlineData("christopher")]
    [InlineData("alexander")]
    [InlineData("nicholas")]
    [InlineData("elizabeth")]
    [InlineData("whatever")]
    [InlineData("mountains")]
    [InlineData("acmeprod")]
    [InlineData("AcmeTraders2026")]
    [InlineData("nusantaratrading")]
    [InlineData("nusantaratradingindonesia")]
    [InlineData("qwerty12345")]
    [InlineData("Qwerty1234!")]
    [InlineData("password123456")]
    [InlineData("Pass@word1")]
    [InlineData("Winter2023!")]
    [InlineData("12345678901234567890")]
    [InlineData("19992000")]
    [InlineData("iiiiiii1")]
    public void What_everybody_tries_first_is_refused(string password) => Assert.NotNull(PasswordPolicy.Fault(password, Words));

    // The commonest and, for each look takes a while, a part of the others.
    [Fact]
    public void What_stands_in_the_list_of_common_passwords_is_refused()
    {
        using var list = new StreamReader(typeof(Zxcvbn.Zxcvbn).Assembly.GetManifestResourceStream("zxcvbn-core.Dictionaries.passwords.lst")!);
        var words = list.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries).Where(word => word.Length >= PasswordPolicy.Shortest).ToList();

        Assert.InRange(words.Count, 10_000, 100_000);
        Assert.DoesNotContain(words.Take(500).Concat(words.Where((_, at) => at % 20 == 0)), word => PasswordPolicy.Fault(word, []) is null);
    }

    [Fact]
    public void Length_is_counted_in_characters_and_not_in_bytes()
    {
        static string Emoji(int count)
        {
            var random = new Random(7);
            return string.Concat(Enumerable.Range(0, count).Select(_ => char.ConvertFromUtf32(random.Next(0x1F400, 0x1F43E))));
        }

        Assert.NotNull(PasswordPolicy.Fault(Emoji(7), []));
        Assert.Null(PasswordPolicy.Fault(Emoji(8), []));
        Assert.Null(PasswordPolicy.Fault(Emoji(64), []));
        Assert.Null(PasswordPolicy.Fault(Emoji(128), []));
        Assert.NotNull(PasswordPolicy.Fault(Emoji(129), []));
    }
}
