using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Mail;

sealed class MailBox : IAsyncDisposable
{
    readonly Journal<ReceivedMail> _mails = new(1_000);
    readonly TimeProvider _clock;
    readonly StateFile<IReadOnlyList<ReceivedMail>> _state;

    public MailBox(TimeProvider clock, string? stateFile)
    {
        _clock = clock;
        foreach (var mail in StateFile<IReadOnlyList<ReceivedMail>>.Read(stateFile) ?? [])
            _mails.Add(mail);
        _state = new StateFile<IReadOnlyList<ReceivedMail>>(stateFile, _mails.Read);
    }

    public MailTroubles Troubles { get; } = new();

    public IReadOnlyList<ReceivedMail> Mails => _mails.Read();

    public void Receive(string from, IReadOnlyList<string> to, byte[] content)
    {
        _mails.Add(ReceivedMail.Read(from, to, content, _clock.GetUtcNow()));
        _state.Changed();
    }

    public void Clear()
    {
        _mails.Clear();
        Troubles.Clear();
        _state.Changed();
    }

    public ValueTask DisposeAsync() => _state.DisposeAsync();
}

sealed class MailTroubles
{
    readonly Troubles<MailTrouble> _planned = new(trouble => $"{trouble.Mode}", trouble => trouble.Times);

    public void Plan(MailTrouble trouble) => _planned.Plan(trouble);

    public bool TryTake(MailTroubleMode mode) => _planned.TryTake($"{mode}");

    public void Clear() => _planned.Clear();
}
