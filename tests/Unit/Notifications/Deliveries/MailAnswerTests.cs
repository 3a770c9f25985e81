using MailKit;
using MailKit.Net.Smtp;
using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class MailAnswerTests
{
    [Theory]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 451, typeof(SendOutcome.Throttled))]
    [InlineData(SmtpErrorCode.UnexpectedStatusCode, 421, typeof(SendOutcome.Throttled))]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 450, typeof(SendOutcome.Throttled))]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 451, typeof(SendOutcome.Throttled))]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, typeof(SendOutcome.RecipientGone))]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, typeof(SendOutcome.Rejected))]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 552, typeof(SendOutcome.Rejected))]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 550, typeof(SendOutcome.SenderRefused))]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 530, typeof(SendOutcome.SenderRefused))]
    [InlineData(SmtpErrorCode.UnexpectedStatusCode, 535, typeof(SendOutcome.SenderRefused))]
    public void A_mail_servers_refusal_says_whether_to_come_back(SmtpErrorCode code, int status, Type outcome)
    {
        Assert.IsType(outcome, MailSender.ReadRefusal(new SmtpCommandException(code, (SmtpStatusCode)status, "no"), isConnected: true));
    }

    [Theory]
    [InlineData(421, typeof(SendOutcome.Throttled))]
    [InlineData(554, typeof(SendOutcome.SenderRefused))]
    [InlineData(550, typeof(SendOutcome.SenderRefused))]
    public void A_server_that_does_not_let_us_in_ends_no_mail(int status, Type outcome)
    {
        var refusal = new SmtpCommandException(SmtpErrorCode.UnexpectedStatusCode, (SmtpStatusCode)status, "no");

        Assert.IsType(outcome, MailSender.ReadRefusal(refusal, isConnected: false));
    }

    [Fact]
    public void A_server_that_wants_us_to_sign_in_ends_no_mail_and_a_lost_connection_is_no_answer()
    {
        Assert.IsType<SendOutcome.SenderRefused>(MailSender.ReadRefusal(new ServiceNotAuthenticatedException("530"), isConnected: true));
        Assert.Null(MailSender.ReadRefusal(new IOException(), isConnected: true));
    }
}
