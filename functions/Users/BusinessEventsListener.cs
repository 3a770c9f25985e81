using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Administration;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Tenants;
using StackExchange.Redis;

namespace ServerlessBusiness.Users;

/// <summary>Finishes what requests began, hears of phones that were proven in a chat, and tells administrators what they have to see to.</summary>
public sealed class BusinessEventsListener(
    Inbox inbox, SyncAccess sync, SendAccountHelp help, VerifyPhone verifyPhone, InvitePlatformAdministrator invite, NoteDenial denials,
    TellOfSurplus surpluses, TimeProvider time)
{
    private static readonly TimeSpan UntilRedisMayBeBack = TimeSpan.FromSeconds(5);

    [Function("BusinessEvents")]
    public Task Handle(
        [ServiceBusTrigger(Topology.BusinessEvents, "users", Connection = Topology.Connection)] string body, CancellationToken cancellationToken) =>
        inbox.HandleAsync(
            body,
            (fact, transaction) => fact switch
            {
                UserAccessChanged changed => SyncAsync(changed, transaction, cancellationToken),
                AccountHelpAsked asked => help.RunAsync(asked, transaction, cancellationToken),
                PhoneShared shared => verifyPhone.RunAsync(shared, transaction, cancellationToken),
                PlatformAdministratorAsked asked => invite.RunAsync(asked, transaction, cancellationToken),
                PermissionDenied denied => denials.RunAsync(denied, transaction, cancellationToken),
                PaymentSurplusArrived surplus => surpluses.RunAsync(surplus, transaction, cancellationToken),
                _ => Task.CompletedTask,
            },
            cancellationToken);

    // An outage lasts longer than ten deliveries: what nobody can do now is put off, not given up.
    private async Task SyncAsync(UserAccessChanged changed, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await sync.RunAsync(transaction, changed.UserId, cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            var now = time.GetUtcNow();
            await transaction.SendAsync(Topology.BusinessEvents, [changed], now, now + UntilRedisMayBeBack, cancellationToken);
        }
    }
}
