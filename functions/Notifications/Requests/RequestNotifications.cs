using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Requests;

/// <summary>Writes the notifications that somebody asks for, and their messages, in one transaction: all or none.</summary>
public sealed class RequestNotifications(Database database, DeliveryStore deliveries, ReadableTexts texts, TimeProvider time)
{
    public async Task<SendAnswer> RunAsync(TenantId tenant, SendRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var type = request.Check(now);
        var values = RequestValues.Read(type, request.Variables);
        var at = request.ScheduleAt > now ? request.ScheduleAt.Value : now;
        var items = request.Recipients.Distinct().Select(user => Item(user, request.DedupKey, now)).ToList();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        var asked = new NewDeliveries(
            type, request.Priority ?? type.Priority, values, await texts.MakeAsync(transaction, type, values, cancellationToken), now, at,
            request.ExpiresAt ?? at + type.Life, items);

        var isNew = (await WriteAsync(transaction, asked, now, cancellationToken)).ToHashSet();
        string[] told = [.. items.Where(item => !isNew.Contains(item.Id)).Select(item => item.DedupKey)];
        var before = told.Length > 0
            ? (await deliveries.ListByKeysAsync(transaction, told, cancellationToken)).ToDictionary(item => item.DedupKey)
            : [];
        await transaction.CommitAsync(cancellationToken);
        return new SendAnswer(
            isNew.Count, items.Count - isNew.Count,
            [.. items.Select(item => new RequestedNotification(
                item.UserId, isNew.Contains(item.Id) ? item.Id : before[item.DedupKey].Id, !isNew.Contains(item.Id)))]);
    }

    /// <summary>Writes them and puts those that are new on their queue; returns these.</summary>
    public async Task<IReadOnlyList<Guid>> WriteAsync(
        TenantTransaction transaction, NewDeliveries asked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var isNew = await deliveries.InsertAsync(transaction, asked, cancellationToken);
        if (isNew.Count > 0)
            await transaction.EnqueueAsync(asked.Priority, isNew, now, asked.AvailableAt > now ? asked.AvailableAt : null, cancellationToken);
        return isNew;
    }

    private static NewDelivery Item(Guid user, string? dedupKey, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new NewDelivery(id, user, $"api:{dedupKey ?? id.ToString("N")}:{user:N}");
    }
}
