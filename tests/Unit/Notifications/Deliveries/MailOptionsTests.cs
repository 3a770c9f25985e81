using System.ComponentModel.DataAnnotations;
using MailKit.Security;
using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class MailOptionsTests
{
    private static readonly MailOptions Open = new() { Host = "smtp.example.com", From = "no-reply@example.com" };

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData("user", "secret", null, null)]
    [InlineData("user", "secret", MailTls.Tls, null)]
    [InlineData("", "", MailTls.None, null)]
    [InlineData("user", null, null, "Password")]
    [InlineData(null, "secret", null, "Password")]
    [InlineData("user", "secret", MailTls.None, "Tls")]
    [InlineData(null, null, (MailTls)7, "Tls")]
    public void User_and_password_come_together_and_over_a_private_line(string? username, string? password, MailTls? tls, string? wrong)
    {
        var options = Open with { Username = username, Password = password, Tls = tls };
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);

        Assert.Equal(wrong, results.SingleOrDefault()?.MemberNames.Single());
    }

    [Fact]
    public void Unless_it_is_said_the_line_is_private_where_it_can_be_and_always_before_a_password()
    {
        Assert.Equal(SecureSocketOptions.StartTlsWhenAvailable, Open.Security);
        Assert.Equal(SecureSocketOptions.StartTls, (Open with { Username = "user", Password = "secret" }).Security);
        Assert.Equal(SecureSocketOptions.SslOnConnect, (Open with { Tls = MailTls.Tls }).Security);
        Assert.Equal(SecureSocketOptions.None, (Open with { Tls = MailTls.None }).Security);
    }

    [Fact]
    public void The_password_is_never_printed() => Assert.DoesNotContain("secret", $"{Open with { Username = "user", Password = "secret" }}");
}
