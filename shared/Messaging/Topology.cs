using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Every queue, topic and subscription there is. The local broker is made from this list, the Azure template is tested against it.</summary>
public static class Topology
{
    public const string BusinessEvents = "business-events";
    public const string CriticalNotifications = "notifications-critical";
    public const string HighNotifications = "notifications-high";
    public const string MediumNotifications = "notifications-medium";
    public const string LowNotifications = "notifications-low";
    public const string BillingRunPages = "billing-run-pages";

    /// <summary>The setting that every Service Bus trigger names as its connection.</summary>
    public const string Connection = "ServiceBus";

    /// <summary>Billing's second subscription: what documents are made of. Their making keeps no payment waiting.</summary>
    public const string Documents = "billing-documents";

    public const int MaxDeliveryCount = 10;
    public static readonly TimeSpan LockDuration = TimeSpan.FromSeconds(30);

    public static readonly IReadOnlyList<string> NotificationQueues =
        [CriticalNotifications, HighNotifications, MediumNotifications, LowNotifications];

    public static readonly IReadOnlyList<string> Queues = [.. NotificationQueues, BillingRunPages];

    /// <summary>Which facts each service hears.</summary>
    public static readonly IReadOnlyDictionary<ServiceIdentity, IReadOnlyList<string>> Subscriptions =
        new Dictionary<ServiceIdentity, IReadOnlyList<string>>
        {
            [ServiceIdentity.Users] =
            [
                nameof(UserAccessChanged), nameof(AccountHelpAsked), nameof(PhoneShared), nameof(PlatformAdministratorAsked), nameof(PermissionDenied),
                nameof(PaymentSurplusArrived),
            ],
            [ServiceIdentity.Subscriptions] = [nameof(InvoicePaid), nameof(InvoiceReopened), nameof(InvoiceOverdue), nameof(InvoiceCancelled), nameof(UserDeleted)],
            [ServiceIdentity.Payments] = [nameof(InvoicePaid), nameof(InvoiceCancelled), nameof(CreditNoteIssued), nameof(UserDeleted)],
            [ServiceIdentity.Notifications] =
            [
                nameof(UserRegistered), nameof(AccountMailRequested), nameof(UserDeleted), nameof(SubscriptionActivated), nameof(SubscriptionChanged), nameof(SubscriptionSuspended),
                nameof(SubscriptionCancelled), nameof(SubscriptionExpired), nameof(UsageThresholdReached), nameof(PaymentSucceeded),
                nameof(PaymentFailed), nameof(PaymentReversed), nameof(PaymentRefunded), nameof(InvoiceIssued), nameof(InvoiceOverdue),
                nameof(UserSuspended), nameof(NewSignIn), nameof(SecondFactorChanged), nameof(InvoiceDueSoon), nameof(InvoiceCancelled), nameof(CreditNoteIssued),
            ],
            [ServiceIdentity.Billing] =
            [
                nameof(SubscriptionCreated), nameof(SubscriptionChargeDue), nameof(SubscriptionTermsChanged), nameof(SubscriptionCancelled),
                nameof(SubscriptionExpired), nameof(PaymentSucceeded), nameof(PaymentReversed), nameof(PaymentRefunded), nameof(PaymentFailed),
                nameof(UserDeleted),
            ],
        };

    /// <summary>Subscriptions beside a service's own, by name.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> FurtherSubscriptions = new Dictionary<string, IReadOnlyList<string>>
    {
        [Documents] = [nameof(InvoiceIssued), nameof(InvoicePaid), nameof(InvoiceCancelled), nameof(CreditNoteIssued), nameof(DocumentRequested)],
    };

    /// <summary>Every subscription of the topic by its name, with the facts that it hears.</summary>
    public static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> AllSubscriptions =>
        Subscriptions.Select(subscription => KeyValuePair.Create(subscription.Key.Key, subscription.Value)).Concat(FurtherSubscriptions);
}
