using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Notifications.Limits;

namespace ServerlessBusiness.Tests.Unit.Notifications.Limits;

public sealed class MailPauseTests
{
    private readonly FakeTimeProvider time = new();
    private readonly MailPause pause;

    public MailPauseTests() => pause = new MailPause(time);

    [Fact]
    public void While_the_server_answers_every_mail_may_go()
    {
        Assert.Null(pause.TryEnter());
        Assert.Null(pause.TryEnter());
    }

    [Fact]
    public void Once_it_does_not_the_others_wait_and_after_the_pause_one_tries_first()
    {
        pause.Begin();
        Assert.Equal(MailPause.Length, pause.TryEnter());
        time.Advance(MailPause.Length);

        Assert.Null(pause.TryEnter());
        Assert.Equal(MailPause.Length, pause.TryEnter());
    }

    [Fact]
    public void What_the_one_finds_out_holds_for_all_and_should_it_never_come_back_another_one_tries()
    {
        pause.Begin();
        time.Advance(MailPause.Length);
        Assert.Null(pause.TryEnter());
        pause.End();
        Assert.Null(pause.TryEnter());
        Assert.Null(pause.TryEnter());

        pause.Begin();
        time.Advance(MailPause.Length);
        Assert.Null(pause.TryEnter());
        time.Advance(MailPause.Length);
        Assert.Null(pause.TryEnter());
    }
}
