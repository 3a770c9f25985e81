using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Unit.Users.Accounts;

public sealed class UserTests
{
    private static readonly DateTimeOffset Created = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(TokenPurpose.VerifyEmail, 7 * 24, true)]
    [InlineData(TokenPurpose.VerifyEmail, (7 * 24) + 0.1, false)]
    [InlineData(TokenPurpose.ResetPassword, (8 * 24) - 1, true)]
    [InlineData(TokenPurpose.ResetPassword, (8 * 24) - 0.9, false)]
    [InlineData(TokenPurpose.VerifyEmail, 9 * 24, false)]
    public void No_link_is_sent_that_an_unproven_account_may_not_outlive(TokenPurpose purpose, double hours, bool isSent)
    {
        Assert.Equal(isSent, Account(emailVerified: false).Outlives(purpose, Created.AddHours(hours)));
        Assert.True(Account(emailVerified: true).Outlives(purpose, Created.AddHours(hours)));
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
