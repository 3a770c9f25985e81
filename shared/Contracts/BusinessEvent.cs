using System.Text.Json.Serialization;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Shared.Contracts;

/// <summary>A fact one service tells the others. The record's name is the subject on the topic; a changed meaning is a new record.</summary>
public abstract record BusinessEvent
{
    /// <summary>The contract's name and version, as it stands on the wire.</summary>
    [JsonIgnore]
    public string Subject => GetType().Name;
}

public sealed record UserRegistered(Guid UserId, string Email, string Username, string? FirstName, string Locale) : BusinessEvent;

/// <summary>What a user may do has changed: Users makes Redis agree, also when the process that changed it died before it could.</summary>
public sealed record UserAccessChanged(Guid UserId) : BusinessEvent;

/// <summary>
/// An account was anonymised or removed, or an invitation that nobody accepted: every service forgets what it holds of the person under this id and
/// the law does not ask it to keep.
/// </summary>
public sealed record UserDeleted(Guid UserId) : BusinessEvent;

/// <summary>Somebody asked for a mail by an address that may or may not be an account's; Users finds out after it has answered.</summary>
public sealed record AccountHelpAsked(string Email, string Template) : BusinessEvent;

/// <summary>A deployment names the platform's first administrator: Users invites him, unless the platform has one.</summary>
public sealed record PlatformAdministratorAsked(string Email) : BusinessEvent;

/// <summary>A mail about an account to an address that may not be a known user's. Secrets are sealed for it and opened when it is sent.</summary>
public sealed record AccountMailRequested(
    Guid MailId, Guid UserId, string Email, string Locale, string Template, IReadOnlyDictionary<string, string> Values,
    IReadOnlyDictionary<string, string> Secrets) : BusinessEvent;

/// <summary>A user shared his own contact in his linked Telegram chat: the number is his.</summary>
public sealed record PhoneShared(Guid UserId, string Phone) : BusinessEvent;

/// <summary>A signed-in user, or an administrator in his name, asked for what his roles do not allow. Told once a minute for each permission.</summary>
public sealed record PermissionDenied(Guid UserId, Guid? ImpersonatorId, string Service, string Permission, string? Address) : BusinessEvent;

/// <summary>A session was opened from where its account was not seen before; an account's first one is no news.</summary>
public sealed record NewSignIn(Guid UserId, Guid SessionId, string Device, DateTimeOffset At) : BusinessEvent;

/// <summary>The second factor of an account was switched on or off, or has new recovery codes. Passkeys are told of by mails of their own.</summary>
public sealed record SecondFactorChanged(Guid UserId, Guid ChangeId, DateTimeOffset At) : BusinessEvent;

public sealed record UserSuspended(Guid UserId, string Reason) : BusinessEvent;

public sealed record TelegramLinked(Guid UserId, string Bot) : BusinessEvent;

/// <summary>A line of what is to be billed, before tax. A credit for something billed earlier has a negative amount.</summary>
/// <param name="Days">How many of <paramref name="OfDays"/> days of a period it is for, where that is not all of them.</param>
public sealed record ChargeLine(
    string Description, decimal Quantity, Money UnitPrice, Money Amount, DateTimeOffset? PeriodStart = null, DateTimeOffset? PeriodEnd = null,
    int? Days = null, int? OfDays = null);

/// <summary>A subscription waits for its first payment: Billing issues the invoice of this period, over these lines or, without any, at this price.</summary>
public sealed record SubscriptionCreated(
    Guid SubscriptionId, Guid UserId, string Tier, string TierName, string Cycle, Money Price,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, Guid? ChargeId = null, IReadOnlyList<ChargeLine>? Lines = null) : BusinessEvent;

/// <summary>
/// A running subscription owes something other than a renewal, or is owed: Billing invoices the sum of the lines, or keeps it as credit when
/// it is negative. What is given back was charged by <c>CreditedChargeId</c>.
/// </summary>
/// <param name="ReplacedChargeId">
/// A withdrawn charge in whose place it stands: what that one had taken back is left to be taken back by this one. The credited one itself, where it
/// gives back what came for that after it was withdrawn.
/// </param>
/// <param name="WaitsSince">Since when Billing has put it off, because the news of the credited charge have not come.</param>
public sealed record SubscriptionChargeDue(
    Guid ChargeId, Guid SubscriptionId, Guid UserId, string Reason, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    IReadOnlyList<ChargeLine> Lines, Guid? CreditedChargeId = null, Guid? ReplacedChargeId = null, DateTimeOffset? WaitsSince = null) : BusinessEvent;

/// <summary>The lines of a period that a renewal begins.</summary>
public sealed record RenewalBill(DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, IReadOnlyList<ChargeLine> Lines);

/// <summary>
/// What a subscription owes from its next renewal on: Billing keeps the newest version and bills by itself when it falls due.
/// Without <c>NextBillingAt</c> nothing follows the running period.
/// </summary>
/// <param name="Version">Rises with every change of the subscription; an older one never replaces a newer one.</param>
/// <param name="Tier">With name, cycle, price and anchor day: what each period from the next one on is billed by.</param>
/// <param name="Next">The next bill where it is not such a whole period at that price.</param>
/// <param name="Renewed">The bill of the running period, told once by the move that began it.</param>
public sealed record SubscriptionTermsChanged(
    Guid SubscriptionId, Guid UserId, long Version, string Tier, string TierName, string Cycle, Money Price, int AnchorDay,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, DateTimeOffset? NextBillingAt, RenewalBill? Next = null,
    RenewalBill? Renewed = null) : BusinessEvent;

/// <summary>What subscriptions are to: a user may have one live subscription to each product, and only the platform's own decides about his bot.</summary>
public static class Products
{
    public const string Platform = "platform";
}

public sealed record SubscriptionActivated(
    Guid SubscriptionId, Guid UserId, string Tier, string TierName, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    string Product = Products.Platform) : BusinessEvent;

/// <summary>It changes then. What was scheduled is told once more, as it was, when it has happened.</summary>
public sealed record SubscriptionChanged(
    Guid SubscriptionId, Guid UserId, string FromTier, string ToTier, DateTimeOffset EffectiveAt, string Product = Products.Platform) : BusinessEvent;

public sealed record SubscriptionSuspended(Guid SubscriptionId, Guid UserId, string Reason) : BusinessEvent;

/// <summary>
/// It ends then; what was scheduled is told once more when it has happened. A charge that nobody has to pay any more is withdrawn with it.
/// </summary>
public sealed record SubscriptionCancelled(
    Guid SubscriptionId, Guid UserId, DateTimeOffset EffectiveAt, Guid? WithdrawnChargeId = null, string Product = Products.Platform) : BusinessEvent;

/// <summary>It has ended. A charge that nobody has to pay any more is withdrawn with it.</summary>
public sealed record SubscriptionExpired(
    Guid SubscriptionId, Guid UserId, DateTimeOffset ExpiredAt, Guid? WithdrawnChargeId = null, string Product = Products.Platform) : BusinessEvent;

/// <summary>Use of a feature passed 80, 90 or 100 percent of its limit in the running period.</summary>
public sealed record UsageThresholdReached(Guid SubscriptionId, Guid UserId, string Feature, int Percentage, long Used, long Limit) : BusinessEvent;

public sealed record PaymentSucceeded(
    Guid PaymentId, Guid InvoiceId, Guid UserId, Guid? SubscriptionId, Money Amount, string Method, DateTimeOffset SettledAt) : BusinessEvent;

public sealed record PaymentFailed(Guid PaymentId, Guid InvoiceId, Guid UserId, Money Amount, string Method, string Reason) : BusinessEvent;

/// <summary>A payment that had succeeded was taken back by the bank.</summary>
public sealed record PaymentReversed(Guid PaymentId, Guid InvoiceId, Guid UserId, Money Amount, string Reason) : BusinessEvent;

public sealed record PaymentRefunded(Guid PaymentId, Guid InvoiceId, Guid UserId, Money Amount, Money RefundedInTotal) : BusinessEvent;

/// <summary>
/// An invoice, or a part of it, that was paid already was paid once more: this money is to go back. <c>Refundable</c> is what the provider can send
/// back by itself; nothing for money from a bank or a till, which is transferred by hand and marked as handled.
/// </summary>
public sealed record PaymentSurplusArrived(
    Guid PaymentId, Guid InvoiceId, Guid UserId, Money Amount, string Method, Money Refundable, DateTimeOffset SettledAt) : BusinessEvent;

public sealed record InvoiceIssued(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, DateTimeOffset DueAt) : BusinessEvent;

/// <summary>Nothing is owed for it any more. The payment's id is empty when the user's credit covered all of it.</summary>
/// <param name="Reopenings">How often it had been opened again by then: what was told of it before the last time is outdated.</param>
/// <param name="Discount">What coupons took off its lines; null where there were none.</param>
public sealed record InvoicePaid(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Guid PaymentId, Money Total, DateTimeOffset PaidAt,
    Guid? ChargeId = null, int Reopenings = 0, Money? Discount = null) : BusinessEvent;

/// <summary>
/// An invoice is to be paid whose charge counts as paid: the bank took a payment back, what the charge was to be paid by is worth less than its price, or
/// the invoice stands in the place of one that was paid.
/// </summary>
/// <param name="Reopenings">How often it has been opened again.</param>
public sealed record InvoiceReopened(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Due, Guid? ChargeId, int Reopenings) : BusinessEvent;

/// <summary>
/// So much of it should have been paid by now; <c>Suspend</c> says whether what it pays for stops until it is, <c>SuspendsAt</c> when it will, and
/// <c>Urgency</c> how it is told: 1 the first notice, 2 a reminder, 3 the last warning, 4 suspended.
/// </summary>
public sealed record InvoiceOverdue(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, int DaysOverdue, Guid? ChargeId = null,
    bool Suspend = true, int Urgency = 1, DateTimeOffset? SuspendsAt = null, int Reopenings = 0) : BusinessEvent;

/// <summary>An open invoice nears its due date: its payer is reminded, at most once a day.</summary>
public sealed record InvoiceDueSoon(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, DateTimeOffset DueAt) : BusinessEvent;

/// <param name="Reopenings">How often it had been opened again by then.</param>
public sealed record InvoiceCancelled(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, string Reason, Guid? ChargeId = null, int Reopenings = 0) : BusinessEvent;

/// <summary>An invoice was taken back, in part or in full; what had been paid of that became credit or goes back by the way it came.</summary>
public sealed record CreditNoteIssued(
    Guid CreditNoteId, string Number, Guid InvoiceId, string InvoiceNumber, Guid UserId, Guid? SubscriptionId, Money Total, Money Credited,
    Money Refunded, string Reason) : BusinessEvent;

/// <summary>Somebody asked for a document that has not been made, or is lost.</summary>
public sealed record DocumentRequested(string Kind, Guid SubjectId) : BusinessEvent;

/// <summary>Notifications wait to be sent; the queue of their priority carries their ids and nothing else about them.</summary>
/// <param name="NotificationId">One of them.</param>
/// <param name="Others">Those that go with it, if any.</param>
public sealed record NotificationRequested(Guid NotificationId, IReadOnlyList<Guid>? Others = null) : BusinessEvent
{
    /// <param name="ids">At least one.</param>
    public static NotificationRequested Of(Guid[] ids) => new(ids[0], ids.Length > 1 ? ids[1..] : null);
}

/// <summary>A billing run has work left; whoever takes this goes on with it for a while.</summary>
public sealed record BillingRunPage(Guid RunId) : BusinessEvent;
