using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Users.Passkeys;

namespace ServerlessBusiness.Tests.Unit.Users.Passkeys;

public sealed class PasskeyOptionsTests
{
    [Theory]
    [InlineData("https://app.example.com", "app.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com/start/", "app.example.com", "https://app.example.com")]
    [InlineData("https://App.Example.com:8443/", "app.example.com", "https://app.example.com:8443")]
    [InlineData("http://localhost:3000", "localhost", "http://localhost:3000")]
    [InlineData("http://127.0.0.1:3000", "localhost", "http://localhost:3000")]
    [InlineData("http://[::1]:3000", "localhost", "http://localhost:3000")]
    public void Without_settings_of_their_own_passkeys_belong_to_the_products_page(string appUrl, string domain, string origin)
    {
        var options = new PasskeyOptions { AppUrl = appUrl };

        Assert.Empty(Faults(options));
        Assert.Equal(domain, options.RelyingParty);
        Assert.Equal(origin, Assert.Single(options.AllowedOrigins));
    }

    [Theory]
    [InlineData("example.com", "https://app.example.com, https://example.com")]
    [InlineData("example.com", "https://app.example.com:8443,")]
    [InlineData("example.com", "https://app.example.com,android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck")]
    [InlineData("localhost", "http://localhost:3000,http://app.localhost:3000")]
    public void Several_pages_and_apps_share_the_passkeys_of_a_domain(string domain, string origins)
    {
        Assert.Empty(Faults(new PasskeyOptions { AppUrl = "https://app.example.com", RpId = domain, Origins = origins }));
    }

    [Theory]
    [InlineData("https://10.1.2.3", "", "", "RpId")]
    [InlineData("https://app.example.com", "10.1.2.3", "https://10.1.2.3", "RpId")]
    [InlineData("https://app.example.com", "Example.com", "https://app.Example.com", "RpId")]
    [InlineData("https://app.example.com", "https://example.com", "", "RpId")]
    [InlineData("https://app.example.com", "example.com", "https://example.org", "Origins")]
    [InlineData("https://app.example.com", "example.com", "https://notexample.com", "Origins")]
    [InlineData("https://app.example.com", "example.com", "http://app.example.com", "Origins")]
    [InlineData("https://app.example.com", "example.com", "https://app.example.com/path", "Origins")]
    [InlineData("https://app.example.com", "example.com", "https://app.example.com/", "Origins")]
    [InlineData("https://app.example.com", "example.com", "https://user@app.example.com", "Origins")]
    [InlineData("https://app.example.com", "example.com", "app.example.com", "Origins")]
    [InlineData("https://app.example.com", "example.com", "android:apk-key-hash:", "Origins")]
    [InlineData("https://app.example.com", "example.com", " , ", "Origins")]
    [InlineData("https://app.example.com", "app.example.org", "", "Origins")]
    [InlineData("http://app.example.com", "", "", "Origins")]
    public void What_browsers_would_refuse_stops_the_start(string appUrl, string domain, string origins, string setting)
    {
        var faults = Faults(new PasskeyOptions { AppUrl = appUrl, RpId = domain, Origins = origins });

        Assert.Contains(setting, faults.SelectMany(fault => fault.MemberNames));
    }

    private static List<ValidationResult> Faults(PasskeyOptions options) => [.. options.Validate(new ValidationContext(options))];
}
