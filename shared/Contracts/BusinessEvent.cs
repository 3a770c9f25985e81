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

/// <summary>An account was anonymised: every service forgets what it holds of the person and the law does not ask it to keep.</summary>
public sealed record UserDeleted(Guid UserId) : BusinessEvent;

/// <summary>Somebody asked for a mail by an address that may or may not be an account's; Users finds out after it has answered.</summary>
public sealed record AccountHelpAsked(string Email, string Template) : BusinessEvent;

/// <summary>A mail about an account to an address that may not be a known user's. Secrets are sealed for it and opened when it is sent.</summary>
public sealed record AccountMailRequested(
    Guid MailId, Guid UserId, string Email, string Locale, string Template, IReadOnlyDictionary<string, string> Values,
    IReadOnlyDictionary<string, string> Secrets) : BusinessEvent;

/// <summary>A user shared his own contact in his linked Telegram chat: the number is his.</summary>
public sealed record PhoneShared(Guid UserId, string Phone) : BusinessEvent;

public sealed record UserSuspended(Guid UserId, string Reason) : BusinessEvent;

public sealed record TelegramLinked(Guid UserId, string Bot) : BusinessEvent;

/// <summary>A line of what is to be billed, before tax. A credit for something billed earlier has a negative amount.</summary>
public sealed record ChargeLine(string Description, decimal Quantity, Money UnitPrice, Money Amount);

/// <summary>A subscription waits for its first payment: Billing issues the invoice of this period, over these lines or, without any, at this price.</summary>
public sealed record SubscriptionCreated(
    Guid SubscriptionId, Guid UserId, string Tier, string TierName, string Cycle, Money Price,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, Guid? ChargeId = null, IReadOnlyList<ChargeLine>? Lines = null) : BusinessEvent;

/// <summary>A running subscription owes something, or is owed: Billing invoices the sum of the lines, or keeps it as credit when it is negative.</summary>
public sealed record SubscriptionChargeDue(
    Guid ChargeId, Guid SubscriptionId, Guid UserId, string Reason, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd,
    IReadOnlyList<ChargeLine> Lines) : BusinessEvent;

public sealed record SubscriptionActivated(
    Guid SubscriptionId, Guid UserId, string Tier, string TierName, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd) : BusinessEvent;

public sealed record SubscriptionChanged(Guid SubscriptionId, Guid UserId, string FromTier, string ToTier, DateTimeOffset EffectiveAt) : BusinessEvent;

public sealed record SubscriptionSuspended(Guid SubscriptionId, Guid UserId, string Reason) : BusinessEvent;

/// <summary>It ends then. A charge that nobody has to pay any more is withdrawn with it.</summary>
public sealed record SubscriptionCancelled(
    Guid SubscriptionId, Guid UserId, DateTimeOffset EffectiveAt, Guid? WithdrawnChargeId = null) : BusinessEvent;

/// <summary>It has ended. A charge that nobody has to pay any more is withdrawn with it.</summary>
public sealed record SubscriptionExpired(
    Guid SubscriptionId, Guid UserId, DateTimeOffset ExpiredAt, Guid? WithdrawnChargeId = null) : BusinessEvent;

/// <summary>Use of a feature passed 80, 90 or 100 percent of its limit in the running period.</summary>
public sealed record UsageThresholdReached(Guid SubscriptionId, Guid UserId, string Feature, int Percentage, long Used, long Limit) : BusinessEvent;

public sealed record PaymentSucceeded(
    Guid PaymentId, Guid InvoiceId, Guid UserId, Guid? SubscriptionId, Money Amount, string Method, DateTimeOffset SettledAt) : BusinessEvent;

public sealed record PaymentFailed(Guid PaymentId, Guid InvoiceId, Guid UserId, Money Amount, string Method, string Reason) : BusinessEvent;

/// <summary>A payment that had succeeded was taken back by the bank.</summary>
public sealed record PaymentReversed(Guid PaymentId, Guid InvoiceId, Guid UserId, Money Amount, string Reason) : BusinessEvent;

public sealed record PaymentRefunded(Guid PaymentId, Guid InvoiceId, Guid UserId, Money Amount, Money RefundedInTotal) : BusinessEvent;

public sealed record InvoiceIssued(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, DateTimeOffset DueAt) : BusinessEvent;

/// <summary>Nothing is owed for it any more. The payment's id is empty when the user's credit covered all of it.</summary>
public sealed record InvoicePaid(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Guid PaymentId, Money Total, DateTimeOffset PaidAt,
    Guid? ChargeId = null) : BusinessEvent;

/// <summary>It should have been paid by now; <c>Suspend</c> says whether what it pays for stops until it is.</summary>
public sealed record InvoiceOverdue(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, int DaysOverdue, Guid? ChargeId = null,
    bool Suspend = true) : BusinessEvent;

/// <summary>An open invoice nears its due date: its payer is reminded, at most once a day.</summary>
public sealed record InvoiceDueSoon(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, DateTimeOffset DueAt) : BusinessEvent;

public sealed record InvoiceCancelled(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, string Reason, Guid? ChargeId = null) : BusinessEvent;

/// <summary>Somebody asked for a document that has not been made, or is lost.</summary>
public sealed record DocumentRequested(string Kind, Guid SubjectId) : BusinessEvent;

/// <summary>A notification waits to be sent; the queue of its priority carries this id and nothing else about it.</summary>
public sealed record NotificationRequested(Guid NotificationId) : BusinessEvent;
