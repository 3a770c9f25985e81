using System.Globalization;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Notifications.Announcements;

/// <summary>An address that a mail about an account goes to, and the language for somebody who is not known here yet.</summary>
public sealed record MailRecipient(string Email, string Locale);

/// <summary>Something to tell a user. The key names the fact behind it: the same fact is told once.</summary>
public sealed record Announcement(Guid UserId, string Type, string DedupKey, IReadOnlyDictionary<string, TemplateValue> Values)
{
    /// <summary>The one address it may go to; null when it goes to the user wherever he can be reached.</summary>
    public MailRecipient? Recipient { get; init; }

    /// <summary>When it may be told; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How keys begin that have told of it before it came true; null when nothing has.</summary>
    public string? ForetoldUnder { get; init; }

    private static readonly IReadOnlyDictionary<string, TemplateValue> None = new Dictionary<string, TemplateValue>();

    /// <summary>
    /// What a business fact means for its user, or null when it means nothing to him. Where a fact has no key of its own, the time it occurred at tells
    /// it from the next one, whenever it is heard.
    /// </summary>
    public static Announcement? Of(BusinessEvent fact, DateTimeOffset occurredAt) => fact switch
    {
        UserRegistered user => new(user.UserId, "welcome", Key(user, user.UserId), None),
        AccountMailRequested mail => new(mail.UserId, mail.Template, Key(mail, mail.MailId), ValuesOf(mail))
        {
            Recipient = new MailRecipient(mail.Email, mail.Locale),
        },
        NewSignIn signIn => new(
            signIn.UserId, "new_sign_in", Key(signIn, signIn.SessionId),
            new Dictionary<string, TemplateValue> { ["device"] = TemplateValue.Of(signIn.Device), ["at"] = TemplateValue.Of(signIn.At) }),
        SecondFactorChanged changed => new(
            changed.UserId, "second_factor_changed", Key(changed, changed.ChangeId),
            new Dictionary<string, TemplateValue> { ["at"] = TemplateValue.Of(changed.At) }),
        UserSuspended suspended => new(
            suspended.UserId, "account_suspended", Key(suspended, suspended.UserId, Stamp(occurredAt)),
            new Dictionary<string, TemplateValue> { ["reason"] = TemplateValue.Of(suspended.Reason) }),
        SubscriptionActivated active => new(
            active.UserId, "subscription_activated", Key(active, active.SubscriptionId, Stamp(active.PeriodStart)),
            new Dictionary<string, TemplateValue> { ["tier"] = TemplateValue.Of(active.TierName) }),
        SubscriptionChanged changed => OfChange(changed, occurredAt),
        // It can happen again after a payment.
        SubscriptionSuspended suspended => new(
            suspended.UserId, "subscription_suspended", Key(suspended, suspended.SubscriptionId, Stamp(occurredAt)), None),
        SubscriptionCancelled cancelled => new(
            cancelled.UserId, "subscription_cancelled", Key(cancelled, cancelled.SubscriptionId, Stamp(cancelled.EffectiveAt)),
            new Dictionary<string, TemplateValue> { ["date"] = TemplateValue.Of(cancelled.EffectiveAt) }),
        SubscriptionExpired expired => new(
            expired.UserId, "subscription_expired", Key(expired, expired.SubscriptionId, Stamp(expired.ExpiredAt)),
            new Dictionary<string, TemplateValue> { ["date"] = TemplateValue.Of(expired.ExpiredAt) }),
        UsageThresholdReached usage => new(
            usage.UserId, "usage_limit_warning", Key(usage, usage.SubscriptionId, usage.Feature, usage.Percentage, Stamp(occurredAt)),
            new Dictionary<string, TemplateValue>
            {
                ["percentage"] = TemplateValue.Of(usage.Percentage),
                ["feature"] = TemplateValue.Of(usage.Feature),
            }),
        PaymentSucceeded paid => new(paid.UserId, "payment_received", Key(paid, paid.PaymentId), Amount(paid.Amount)),
        PaymentFailed failed => new(
            failed.UserId, "payment_failed", Key(failed, failed.PaymentId), WithPayLink(failed.InvoiceId, new() { ["amount"] = TemplateValue.Of(failed.Amount) })),
        PaymentReversed reversed => new(reversed.UserId, "payment_reversed", Key(reversed, reversed.PaymentId), Amount(reversed.Amount)),
        // A payment can be refunded in parts; the total tells them apart.
        PaymentRefunded refunded => new(
            refunded.UserId, "payment_refunded", Key(refunded, refunded.PaymentId, refunded.RefundedInTotal), Amount(refunded.Amount)),
        InvoiceIssued issued => new(
            issued.UserId, "invoice_issued", Key(issued, issued.InvoiceId),
            WithPayLink(issued.InvoiceId, new()
            {
                ["number"] = TemplateValue.Of(issued.Number),
                ["amount"] = TemplateValue.Of(issued.Total),
                ["date"] = TemplateValue.Of(issued.DueAt),
            })),
        InvoiceDueSoon soon => new(
            soon.UserId, "invoice_reminder", Key(soon, soon.InvoiceId, Day(occurredAt)),
            WithPayLink(soon.InvoiceId, new()
            {
                ["number"] = TemplateValue.Of(soon.Number),
                ["amount"] = TemplateValue.Of(soon.Total),
                ["date"] = TemplateValue.Of(soon.DueAt),
            })),
        InvoiceCancelled cancelled => new(
            cancelled.UserId, "invoice_cancelled", Key(cancelled, cancelled.InvoiceId),
            new Dictionary<string, TemplateValue> { ["number"] = TemplateValue.Of(cancelled.Number) }),
        // A payment that is taken back lets the days be counted anew.
        InvoiceOverdue overdue => new(
            overdue.UserId, OverdueType(overdue), Key(overdue, overdue.InvoiceId, overdue.DaysOverdue, Day(occurredAt)),
            WithPayLink(overdue.InvoiceId, new()
            {
                ["number"] = TemplateValue.Of(overdue.Number),
                ["amount"] = TemplateValue.Of(overdue.Total),
                ["days"] = TemplateValue.Of(overdue.DaysOverdue),
                ["date"] = TemplateValue.Of(overdue.SuspendsAt ?? occurredAt),
            })),
        CreditNoteIssued note => new(
            note.UserId, "credit_note_issued", Key(note, note.CreditNoteId),
            new Dictionary<string, TemplateValue>
            {
                ["number"] = TemplateValue.Of(note.Number),
                ["invoice"] = TemplateValue.Of(note.InvoiceNumber),
                ["amount"] = TemplateValue.Of(note.Total),
            }),
        _ => null,
    };

    // Told once for each time that it is decided, and not again when it comes true.
    private static Announcement OfChange(SubscriptionChanged changed, DateTimeOffset occurredAt)
    {
        var key = Key(changed, changed.SubscriptionId, changed.ToTier, Stamp(changed.EffectiveAt));
        var isForetold = changed.EffectiveAt > occurredAt;
        return new Announcement(
            changed.UserId, "subscription_changed", isForetold ? $"{key}:{Stamp(occurredAt)}" : key,
            new Dictionary<string, TemplateValue>
            {
                ["from"] = TemplateValue.Of(changed.FromTier),
                ["to"] = TemplateValue.Of(changed.ToTier),
                ["date"] = TemplateValue.Of(changed.EffectiveAt),
            })
        {
            ForetoldUnder = isForetold ? null : $"{key}:",
        };
    }

    private static string OverdueType(InvoiceOverdue overdue) => overdue switch
    {
        { Urgency: 2 } => "invoice_overdue_reminder",
        { Urgency: 3, SuspendsAt: not null } => "invoice_overdue_warning",
        { Urgency: 4 } => "invoice_overdue_suspended",
        _ => "invoice_overdue",
    };

    private static Dictionary<string, TemplateValue> ValuesOf(AccountMailRequested mail) =>
        mail.Values.Select(value => KeyValuePair.Create(value.Key, TemplateValue.Of(value.Value)))
            .Concat(mail.Secrets.Select(secret => KeyValuePair.Create(secret.Key, TemplateValue.OfSealed(secret.Value))))
            .ToDictionary();

    private static Dictionary<string, TemplateValue> WithPayLink(Guid invoice, Dictionary<string, TemplateValue> values) => new(values)
    {
        [MoneyTemplates.LinkedInvoice] = TemplateValue.Of(invoice.ToString()),
        [MoneyTemplates.PayLink] = TemplateValue.Later,
    };

    private static IReadOnlyDictionary<string, TemplateValue> Amount(Money amount) =>
        new Dictionary<string, TemplateValue> { ["amount"] = TemplateValue.Of(amount) };

    private static string Key(BusinessEvent fact, params object[] parts) => string.Join(':', parts.Prepend(fact.Subject));

    private static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
