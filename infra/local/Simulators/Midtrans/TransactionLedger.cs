namespace ServerlessBusiness.Simulators.Midtrans;

// All transactions in memory, found by order id (the latest attempt) or by transaction id. Says when any of them has changed.
sealed class TransactionLedger(TimeProvider clock, Action changed)
{
    const int Capacity = 20_000;

    readonly Lock _gate = new();
    readonly Dictionary<string, MidtransTransaction> _byTransaction = [];
    readonly Dictionary<(string MerchantId, string OrderId), string> _latestAttempt = [];
    readonly Dictionary<string, string> _latestOfAnyMerchant = [];
    readonly PriorityQueue<string, DateTimeOffset> _expiries = new();
    readonly Queue<string> _oldest = new();

    public DateTimeOffset Now => clock.GetUtcNow();

    public void Open(MidtransTransaction transaction)
    {
        lock (_gate)
        {
            if (FindLocked(transaction.Merchant, transaction.OrderId) is { IsOver: false })
                throw new MidtransRefusal(406, "The request could not be completed due to a conflict with the current state of the " +
                    "target resource, please try again", "transaction_details.order_id has already been taken");
            StoreLocked(transaction);
        }
    }

    // Puts a transaction in whatever state it is in, over one of the same order if there is one.
    public void Inject(MidtransTransaction transaction)
    {
        lock (_gate)
            StoreLocked(transaction);
    }

    public MidtransTransaction? Find(Merchant merchant, string id)
    {
        lock (_gate)
            return FindLocked(merchant, id);
    }

    // For the control API, which names an order without saying whose: the latest attempt of any merchant.
    public MidtransTransaction? FindOfAnyMerchant(string id)
    {
        lock (_gate)
            return _byTransaction.GetValueOrDefault(_latestOfAnyMerchant.GetValueOrDefault(id, id));
    }

    public IReadOnlyList<MidtransTransaction> List()
    {
        lock (_gate)
            return [.. _byTransaction.Values.OrderByDescending(transaction => transaction.TransactionTime)];
    }

    // Oldest first, to be put back in this order.
    public IReadOnlyList<MidtransTransaction> Snapshot()
    {
        lock (_gate)
            return [.. _oldest.Select(id => _byTransaction[id])];
    }

    public MidtransTransaction Change(string transactionId, Func<MidtransTransaction, DateTimeOffset, MidtransTransaction> move)
    {
        lock (_gate)
        {
            var moved = _byTransaction[transactionId] = move(_byTransaction[transactionId], Now);
            changed();
            return moved;
        }
    }

    public IReadOnlyList<MidtransTransaction> ExpireDue()
    {
        var expired = new List<MidtransTransaction>();
        lock (_gate)
        {
            var now = Now;
            while (_expiries.TryPeek(out var id, out var due) && due <= now)
            {
                _expiries.Dequeue();
                if (_byTransaction.TryGetValue(id, out var transaction) && transaction.IsDueToExpire(now))
                    expired.Add(_byTransaction[id] = TransactionMoves.Expire(transaction, now));
            }
        }
        if (expired.Count > 0)
            changed();
        return expired;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _byTransaction.Clear();
            _latestAttempt.Clear();
            _latestOfAnyMerchant.Clear();
            _expiries.Clear();
            _oldest.Clear();
            changed();
        }
    }

    MidtransTransaction? FindLocked(Merchant merchant, string id)
    {
        if (_byTransaction.TryGetValue(id, out var byId) && byId.Merchant.MerchantId == merchant.MerchantId)
            return byId;
        return _latestAttempt.TryGetValue((merchant.MerchantId, id), out var latest) ? _byTransaction[latest] : null;
    }

    void StoreLocked(MidtransTransaction transaction)
    {
        if (_oldest.Count == Capacity)
            ForgetLocked(_byTransaction[_oldest.Dequeue()]);
        if (_byTransaction.TryAdd(transaction.TransactionId, transaction))
            _oldest.Enqueue(transaction.TransactionId);
        else
            _byTransaction[transaction.TransactionId] = transaction;
        _latestAttempt[(transaction.Merchant.MerchantId, transaction.OrderId)] = transaction.TransactionId;
        _latestOfAnyMerchant[transaction.OrderId] = transaction.TransactionId;
        if (transaction.ExpiryTime is { } expiry)
            _expiries.Enqueue(transaction.TransactionId, expiry);
        changed();
    }

    void ForgetLocked(MidtransTransaction transaction)
    {
        var order = (transaction.Merchant.MerchantId, transaction.OrderId);
        _byTransaction.Remove(transaction.TransactionId);
        if (_latestAttempt.GetValueOrDefault(order) == transaction.TransactionId)
            _latestAttempt.Remove(order);
        if (_latestOfAnyMerchant.GetValueOrDefault(transaction.OrderId) == transaction.TransactionId)
            _latestOfAnyMerchant.Remove(transaction.OrderId);
    }
}
