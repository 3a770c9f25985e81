using ServerlessBusiness.Simulators.Hosting;

namespace ServerlessBusiness.Simulators.Midtrans;

// A payment provider on the loopback address: the wire of Midtrans in front, a control API for tests and people beside it.
public sealed class MidtransSimulator : IAsyncDisposable
{
    readonly MidtransSimulatorOptions _options;
    readonly StateFile<MidtransState> _state;
    WebApplication? _app;
    ExpiryWatch? _expiryWatch;
    Uri? _baseAddress;

    MidtransSimulator(MidtransSimulatorOptions options)
    {
        _options = options;
        var kept = StateFile<MidtransState>.Read(options.StateFile);
        _state = new StateFile<MidtransState>(options.StateFile, State);
        Merchants = new MerchantBook(new Merchant(options.ServerKey, options.MerchantId, options.ClientKey, options.WebhookUrl), _state.Changed);
        Ledger = new TransactionLedger(options.Clock, _state.Changed);
        CardTokens = new CardTokens(options.Clock, _state.Changed);
        SnapPages = new SnapPages(options.Clock, _state.Changed);
        PayAccounts = new PayAccounts(_state.Changed);
        Restore(kept);
        IdempotencyKeys = new IdempotencyKeys(options.Clock);
        Notifications = new NotificationSender(new RetrySchedule(options.RetryScale), options.Clock);
        ChargeTroubles = new ChargeTroubles(this);
    }

    public Uri BaseAddress => _baseAddress ?? throw new InvalidOperationException("The simulator has not been started.");

    internal MerchantBook Merchants { get; }
    internal TransactionLedger Ledger { get; }
    internal CardTokens CardTokens { get; }
    internal SnapPages SnapPages { get; }
    internal PayAccounts PayAccounts { get; }
    internal IdempotencyKeys IdempotencyKeys { get; }
    internal NotificationSender Notifications { get; }
    internal ChargeTroubles ChargeTroubles { get; }
    internal Troubles<RefundTrouble> RefundTroubles { get; } = new(trouble => trouble.OrderId, trouble => trouble.Times);

    public static async Task<MidtransSimulator> StartAsync(MidtransSimulatorOptions options, CancellationToken cancellationToken = default)
    {
        var simulator = new MidtransSimulator(options);
        var app = SimulatorHost.Create(options.Port);
        CoreEndpoints.Map(app, simulator);
        CardEndpoints.Map(app, simulator);
        SnapEndpoints.Map(app, simulator);
        MidtransControl.Map(app, simulator);
        MidtransPages.Map(app, simulator);
        await SimulatorHost.StartAsync(app, "SIMULATOR_MIDTRANS_PORT", cancellationToken);
        simulator._app = app;
        simulator._baseAddress = SimulatorHost.AddressOf(app);
        simulator._expiryWatch = new ExpiryWatch(simulator);
        return simulator;
    }

    // Applies what is due by the clock before anybody looks; the watch does the same for transactions nobody looks at.
    internal void ExpireDue()
    {
        foreach (var expired in Ledger.ExpireDue())
            Notifications.SendInBackground(expired);
    }

    internal void AnnounceAfterAnswer(HttpContext context, MidtransTransaction transaction)
    {
        if (transaction.Status == TransactionStatus.Pending && !_options.PendingNotices)
            return;
        context.Response.OnCompleted(() =>
        {
            Notifications.SendInBackground(transaction);
            return Task.CompletedTask;
        });
    }

    // Of a hosted page the merchant hears for the first time now.
    internal void AnnouncePending(MidtransTransaction transaction)
    {
        if (_options.PendingNotices)
            Notifications.SendInBackground(transaction);
    }

    internal void AnnounceRefundAfterAnswer(HttpContext context, MidtransTransaction refunded) => context.Response.OnCompleted(() =>
    {
        Notifications.RunInBackground(cancellationToken => AnnounceRefundAsync(refunded, null, cancellationToken));
        return Task.CompletedTask;
    });

    // Two notices: the refund is accepted, and later the bank has confirmed it.
    internal async Task AnnounceRefundAsync(MidtransTransaction refunded, NotificationShape? shape, CancellationToken cancellationToken)
    {
        await Notifications.SendAsync(refunded, shape, cancellationToken);
        var confirmed = Ledger.Change(
            refunded.TransactionId, (current, now) => TransactionMoves.ConfirmRefund(current, refunded.Refunds[^1].Id, now));
        await Notifications.SendAsync(confirmed, shape, cancellationToken);
    }

    internal void Reset()
    {
        Notifications.Clear();
        ChargeTroubles.Clear();
        RefundTroubles.Clear();
        IdempotencyKeys.Clear();
        SnapPages.Clear();
        PayAccounts.Clear();
        CardTokens.Clear();
        Ledger.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (_expiryWatch is not null)
            await _expiryWatch.DisposeAsync();
        if (_app is not null)
            await _app.DisposeAsync();
        await Notifications.DisposeAsync();
        await _state.DisposeAsync();
    }

    MidtransState State() =>
        new([.. Merchants.List()], Ledger.Snapshot(), CardTokens.Snapshot(), PayAccounts.Snapshot(), SnapPages.Snapshot());

    // The first merchant is the one of today's settings, whatever it was before.
    void Restore(MidtransState? kept)
    {
        foreach (var merchant in kept?.Merchants.Where(merchant => merchant.ServerKey != _options.ServerKey) ?? [])
            Merchants.Put(merchant);
        foreach (var transaction in kept?.Transactions ?? [])
            Ledger.Inject(transaction with { Merchant = MerchantOfToday(transaction.Merchant) });
        foreach (var card in kept?.Cards ?? [])
            CardTokens.Restore(card);
        foreach (var account in kept?.Accounts ?? [])
            PayAccounts.Restore(account);
        foreach (var page in kept?.Pages ?? [])
            SnapPages.Add(page with { Merchant = MerchantOfToday(page.Merchant) });
    }

    Merchant MerchantOfToday(Merchant kept) => Merchants.FindByServerKey(kept.ServerKey) ?? kept;

    // A file of an earlier version lacks the last three.
    sealed record MidtransState(
        IReadOnlyList<Merchant> Merchants, IReadOnlyList<MidtransTransaction> Transactions, IReadOnlyList<SavedCard>? Cards,
        IReadOnlyList<PayAccount>? Accounts, IReadOnlyList<SnapPage>? Pages);
}
