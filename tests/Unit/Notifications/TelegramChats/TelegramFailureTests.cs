using System.Net.Sockets;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.TelegramChats;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace ServerlessBusiness.Tests.Unit.Notifications.TelegramChats;

public sealed class TelegramFailureTests
{
    [Theory]
    [InlineData(403, "Forbidden: bot was blocked by the user", typeof(SendOutcome.RecipientGone))]
    [InlineData(403, "Forbidden: bot can't initiate conversation with a user", typeof(SendOutcome.RecipientGone))]
    [InlineData(400, "Bad Request: chat not found", typeof(SendOutcome.RecipientGone))]
    [InlineData(400, "Bad Request: message is too long", typeof(SendOutcome.Rejected))]
    [InlineData(400, "Bad Request: can't parse entities", typeof(SendOutcome.Rejected))]
    [InlineData(401, "Unauthorized", typeof(SendOutcome.SenderRefused))]
    [InlineData(404, "Not Found", typeof(SendOutcome.SenderRefused))]
    [InlineData(500, "Internal Server Error", typeof(SendOutcome.Unknown))]
    public void A_refusal_is_judged_by_its_code_and_then_by_its_words(int code, string description, Type outcome)
    {
        Assert.IsType(outcome, TelegramFailure.Read(new ApiRequestException(description, code)));
    }

    [Theory]
    [InlineData("Forbidden: user is deactivated", true)]
    [InlineData("Forbidden: bot was blocked by the user", false)]
    public void Only_a_deactivated_account_is_gone_for_good(string description, bool isForGood)
    {
        Assert.Equal(isForGood, Assert.IsType<SendOutcome.RecipientGone>(TelegramFailure.Read(new ApiRequestException(description, 403))).ForGood);
    }

    [Fact]
    public void A_throttled_bot_waits_as_long_as_it_is_told()
    {
        var exception = new ApiRequestException("Too Many Requests: retry after 7", 429, new ResponseParameters { RetryAfter = 7 });

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.IsType<SendOutcome.Throttled>(TelegramFailure.Read(exception)).RetryAfter);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, typeof(SendOutcome.NeverSent))]
    [InlineData(HttpRequestError.NameResolutionError, typeof(SendOutcome.NeverSent))]
    [InlineData(HttpRequestError.SecureConnectionError, typeof(SendOutcome.NeverSent))]
    [InlineData(HttpRequestError.ProxyTunnelError, typeof(SendOutcome.NeverSent))]
    [InlineData(HttpRequestError.Unknown, typeof(SendOutcome.Unknown))]
    [InlineData(HttpRequestError.ResponseEnded, typeof(SendOutcome.Unknown))]
    public void Only_a_call_that_could_not_leave_was_never_sent(HttpRequestError error, Type outcome)
    {
        var exception = new RequestException("failed", new HttpRequestException(error, "failed", new SocketException()));

        Assert.IsType(outcome, TelegramFailure.Read(exception));
    }

    [Fact]
    public void A_timeout_leaves_the_outcome_unknown()
    {
        Assert.IsType<SendOutcome.Unknown>(TelegramFailure.Read(new RequestException("timed out", new TaskCanceledException())));
    }
}
