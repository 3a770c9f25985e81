using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Notifications.Limits;

namespace ServerlessBusiness.Tests.Unit.Notifications.Limits;

public sealed class ProviderPauseTests
{
    private readonly FakeTimeProvider time = new();
    private readonly ProviderPause pause;

    public ProviderPauseTests() => pause = new MailPause(time);

    [Fact]
    public void While_the_server_answers_every_message_may_go()
    {
        Assert.Null(pause.TryEnter());
        Assert.Null(pause.TryEnter());
    }

    [Fact]
    public void Once_it_does_not_the_others_wait_and_after_the_pause_one_tries_first()
    {
        Begin();
        Assert.Equal(ProviderPause.Length, pause.TryEnter());
        time.Advance(ProviderPause.Length);

        Assert.Null(pause.TryEnter());
        Assert.Equal(ProviderPause.Length, pause.TryEnter());
    }

    [Fact]
    public void What_the_one_finds_out_holds_for_all_and_should_it_never_come_back_another_one_tries()
    {
        Begin();
        time.Advance(ProviderPause.Length);
        Assert.Null(pause.TryEnter());
        pause.End();
        Assert.Null(pause.TryEnter());
        Assert.Null(pause.TryEnter());

        Begin();
        time.Advance(ProviderPause.Length);
        Assert.Null(pause.TryEnter());
        time.Advance(ProviderPause.Length);
        Assert.Null(pause.TryEnter());
    }

    [Fact]
    public void While_one_tries_the_others_see_how_long_to_wait_and_who_looks_does_not_try()
    {
        Begin();
        Assert.Equal(ProviderPause.Length, pause.Left);
        time.Advance(ProviderPause.Length);
        Assert.Null(pause.Left);
        Assert.Null(pause.TryEnter());

        Assert.Equal(ProviderPause.Length, pause.Left);
    }

    [Fact]
    public void A_call_that_was_not_answered_while_others_were_begins_no_pause()
    {
        var begun = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(1));
        pause.End();
        pause.Begin(begun);

        Assert.Null(pause.TryEnter());
    }

    private void Begin() => pause.Begin(time.GetTimestamp());
}
