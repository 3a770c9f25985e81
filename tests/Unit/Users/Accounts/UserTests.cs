using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Unit.Users.Accounts;

public sealed class UserTests
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(TokenPurpose.VerifyEmail, 0, true, 24)]
    [InlineData(TokenPurpose.VerifyEmail, 7 * 24, true, 24)]
    [InlineData(TokenPurpose.VerifyEmail, (7 * 24) + 12, true, 12)]
    [InlineData(TokenPurpose.VerifyEmail, (8 * 24) - 1, true, 1)]
    [InlineData(TokenPurpose.VerifyEmail, (8 * 24) - 0.5, false, 24)]
    [InlineData(TokenPurpose.ResetPassword, (8 * 24) - 1, true, 1)]
    [InlineData(TokenPurpose.ResetPassword, (8 * 24) - 0.5, false, 1)]
    [InlineData(TokenPurpose.VerifyEmail, 9 * 24, false, 24)]
    public void No_link_is_sent_that_an_unproven_account_does_not_outlive_by_an_hour_and_none_outlives_it(
        TokenPurpose purpose, double hours, bool isSent, double life)
    {
        var at = Created.AddHours(hours);
        Assert.Equal((isSent, TimeSpan.FromHours(life)), (Account(emailVerified: false).OutlivesLink(at), Account(emailVerified: false).LifeOfLink(purpose, at)));
        Assert.Equal((true, OneTimeToken.Life(purpose)), (Account(emailVerified: true).OutlivesLink(at), Account(emailVerified: true).LifeOfLink(purpose, at)));
    }

    [Theory]
    [InlineData(8 * 24, false, UserStatus.Active, false)]
    [InlineData((8 * 24) + 0.1, false, UserStatus.Active, true)]
    [InlineData((8 * 24) + 0.1, true, UserStatus.Active, false)]
    [InlineData((8 * 24) + 0.1, false, UserStatus.Suspended, false)]
    public void An_account_is_left_that_nobody_proved_in_time(double hours, bool emailVerified, UserStatus status, bool isLeft) =>
        Assert.Equal(isLeft, (Account(emailVerified) with { Status = status }).IsLeft(Created.AddHours(hours)));

    private static User Account(bool emailVerified) => new(
        Guid.Empty, "budi@example.com", "budi", "", null, null, null, emailVerified, PhoneVerified: false, UserStatus.Active,
        PasswordResetRequired: false, Created, null, null, null, HasSecondFactor: false);
}
