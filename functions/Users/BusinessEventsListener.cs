using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users;

/// <summary>Finishes what requests began, and hears of phones that were proven in a chat.</summary>
public sealed class BusinessEventsListener(Inbox inbox, SyncAccess sync, SendAccountHelp help, VerifyPhone verifyPhone)
{
    [Function("BusinessEvents")]
    public Task Handle(
        [ServiceBusTrigger(Topology.BusinessEvents, "users", Connection = Topology.Connection)] string body, CancellationToken cancellationToken) =>
        inbox.HandleAsync(
            body,
            (fact, transaction) => fact switch
            {
                UserAccessChanged changed => sync.RunAsync(transaction, changed.UserId, cancellationToken),
                AccountHelpAsked asked => help.RunAsync(asked, transaction, cancellationToken),
                PhoneShared shared => verifyPhone.RunAsync(shared, transaction, cancellationToken),
                _ => Task.CompletedTask,
            },
            cancellationToken);
}
