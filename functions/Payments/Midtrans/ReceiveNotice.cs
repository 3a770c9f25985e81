using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.MerchantAccounts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>What came of a notification.</summary>
public enum NoticeOutcome
{
    /// <summary>The payment moved.</summary>
    Applied,

    /// <summary>Nothing new: known already, overtaken by later news, or not a move there is.</summary>
    Unchanged,

    /// <summary>Midtrans itself tells another state than the notice.</summary>
    Disagreed,

    /// <summary>Another amount or currency than the payment's.</summary>
    WrongMoney,

    /// <summary>It is stored and will be processed: many came at once, or Midtrans does not answer or does not show it yet.</summary>
    Stored,
}

/// <summary>
/// The first act: a notification is verified and stored. A few at a time are processed before they are answered; in a burst, or when Midtrans does
/// not answer, the relay processes what is stored. Either way Midtrans need not repeat it.
/// </summary>
public sealed partial class ReceiveNotice(
    NoticeStore notices, ProcessNotice process, NoticeSignal signal, MerchantAccountBook accounts, IOptions<MidtransOptions> options,
    TimeProvider time, ILogger<ReceiveNotice> logger) : IDisposable
{
    private const int ProcessedAtOnce = 2;
    private const int LargestGroup = 200;

    // Midtrans waits 15 seconds, and is to be answered within 5.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LeftToUs = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim hands = new(ProcessedAtOnce);

    // What arrives together is stored together: a burst costs a few commits.
    private readonly GroupedCalls<(TenantId? Tenant, Guid? Account), NewNotice, StoredNotice?> writes = new(
        (address, group) => notices.KeepAcrossTenantsAsync(address.Tenant, address.Account, group, time.GetUtcNow(), CancellationToken.None),
        _ => 1, LargestGroup);

    /// <param name="tenant">Whose address the notice was sent to, when it names one.</param>
    public async Task<NoticeOutcome> RunAsync(TenantId? tenant, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var notice = MidtransNotice.Parse(body.Span)
            ?? throw ProblemException.Invalid("INVALID_NOTIFICATION", "The body is not a notification of Midtrans.");
        var account = await VerifyAsync(tenant, notice, cancellationToken);

        var hasHand = hands.Wait(0, CancellationToken.None);
        try
        {
            var now = time.GetUtcNow();
            var kept = new NewNotice(
                SHA256.HashData(body.Span), notice.OrderId, notice.TransactionStatus, MidtransJson.Mask(Encoding.UTF8.GetString(body.Span)),
                hasHand ? now + LeftToUs : now);
            var stored = await writes.AddAsync((tenant, account), kept)
                ?? throw ProblemException.NotFound("ORDER_NOT_FOUND", "There is no payment with this order id.");
            return stored switch
            {
                { Known: NoticeOutcome.Applied or NoticeOutcome.Unchanged } => NoticeOutcome.Unchanged,
                // The same content is being processed by whoever brought it first.
                { Known: null, TimesReceived: > 1 } => NoticeOutcome.Stored,
                _ when hasHand => await ProcessAsync(stored, notice, cancellationToken),
                _ => Leave(),
            };
        }
        finally
        {
            if (hasHand)
                hands.Release();
        }
    }

    public void Dispose() => hands.Dispose();

    private async Task<NoticeOutcome> ProcessAsync(StoredNotice stored, MidtransNotice notice, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            if (await process.RunAsync(stored, notice, patience.Token) is { } outcome)
                return outcome;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogSlow(notice.OrderId);
        }

        await notices.PostponeAsync(stored.Tenant, stored.ContentHash, time.GetUtcNow() + Patience, cancellationToken);
        return Leave();
    }

    private NoticeOutcome Leave()
    {
        signal.Notify();
        return NoticeOutcome.Stored;
    }

    // The account whose key signed it: null for the platform's.
    private async Task<Guid?> VerifyAsync(TenantId? tenant, MidtransNotice notice, CancellationToken cancellationToken)
    {
        if (tenant is null && MidtransSignature.IsValid(notice, options.Value.ServerKey))
            return null;
        if (tenant is { } addressed)
        {
            var known = await accounts.SignersOfAsync(addressed, cancellationToken);
            if (known.Accounts.FirstOrDefault(account => MidtransSignature.IsValid(notice, account.ServerKey)) is { } signer)
                return signer.Id;
            // It may be true: Midtrans repeats it, and the key may be there by then.
            if (!known.IsComplete)
                throw ProblemException.Unavailable("MERCHANT_ACCOUNT_UNREADABLE", "A key of this tenant cannot be read now.", TimeSpan.FromMinutes(5));
        }

        LogForged(notice.OrderId);
        throw ProblemException.Invalid("INVALID_SIGNATURE", "The signature does not fit what it signs and our server key.");
    }

    [LoggerMessage(LogLevel.Warning, "A notification for order {OrderId} carries a signature that is not ours.")]
    private partial void LogForged(string orderId);

    [LoggerMessage(LogLevel.Warning, "The state of order {OrderId} could not be confirmed in time; its notification is stored.")]
    private partial void LogSlow(string orderId);
}
