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

/// <summary>A subscription waits for its first payment: Billing issues the invoice of this period at this price.</summary>
public sealed record SubscriptionCreated(
    Guid SubscriptionId, Guid UserId, string Tier, string TierName, string Cycle, Money Price,
    DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd) : BusinessEvent;

public sealed record SubscriptionActivated(
    Guid SubscriptionId, Guid UserId, string Tier, string TierName, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd) : BusinessEvent;

public sealed record SubscriptionChanged(Guid SubscriptionId, Guid UserId, string FromTier, string ToTier, DateTimeOffset EffectiveAt) : BusinessEvent;

public sealed record SubscriptionSuspended(Guid SubscriptionId, Guid UserId, string Reason) : BusinessEvent;

public sealed record SubscriptionCancelled(Guid SubscriptionId, Guid UserId, DateTimeOffset EffectiveAt) : BusinessEvent;

public sealed record SubscriptionExpired(Guid SubscriptionId, Guid UserId, DateTimeOffset ExpiredAt) : BusinessEvent;

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

public sealed record InvoicePaid(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Guid PaymentId, Money Total, DateTimeOffset PaidAt) : BusinessEvent;

/// <summary>An open invoice nears its due date: its payer is reminded, at most once a day.</summary>
public sealed record InvoiceDueSoon(
    Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, DateTimeOffset DueAt) : BusinessEvent;

public sealed record InvoiceOverdue(Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, Money Total, int DaysOverdue) : BusinessEvent;

public sealed record InvoiceCancelled(Guid InvoiceId, string Number, Guid UserId, Guid? SubscriptionId, string Reason) : BusinessEvent;

/// <summary>A notification waits to be sent; the queue of its priority carries this id and nothing else about it.</summary>
public sealed record NotificationRequested(Guid NotificationId) : BusinessEvent;
