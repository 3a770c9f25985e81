using MailKit.Net.Smtp;
using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class MailAnswerTests
{
    [Theory]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 451, typeof(SendOutcome.Throttled))]
    [InlineData(SmtpErrorCode.UnexpectedStatusCode, 421, typeof(SendOutcome.Throttled))]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 450, typeof(SendOutcome.Throttled))]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, typeof(SendOutcome.RecipientGone))]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, typeof(SendOutcome.Rejected))]
    public void A_mail_servers_refusal_says_whether_to_come_back(SmtpErrorCode code, int status, Type outcome)
    {
        Assert.IsType(outcome, MailSender.Read(new SmtpCommandException(code, (SmtpStatusCode)status, "no")));
    }
}
