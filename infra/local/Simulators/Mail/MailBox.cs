using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Mail;

sealed class MailBox(TimeProvider clock)
{
    readonly Journal<ReceivedMail> _mails = new(1_000);

    public MailTroubles Troubles { get; } = new();

    public IReadOnlyList<ReceivedMail> Mails => _mails.Read();

    public void Receive(string from, IReadOnlyList<string> to, byte[] content) =>
        _mails.Add(ReceivedMail.Read(from, to, content, clock.GetUtcNow()));

    public void Clear()
    {
        _mails.Clear();
        Troubles.Clear();
    }
}

sealed class MailTroubles
{
    readonly Troubles<MailTrouble> _planned = new(trouble => $"{trouble.Mode}", trouble => trouble.Times);

    public void Plan(MailTrouble trouble) => _planned.Plan(trouble);

    public bool TryTake(MailTroubleMode mode) => _planned.TryTake($"{mode}");

    public void Clear() => _planned.Clear();
}
