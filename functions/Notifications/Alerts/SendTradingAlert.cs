using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Requests;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Alerts;

public sealed record TradingAlertRequest
{
    [Required, RegularExpression(TradingSymbol.Form, ErrorMessage = TradingSymbol.Rule)]
    public string Symbol { get; init; } = "";

    [Required, MaxLength(500)]
    public string Signal { get; init; } = "";

    /// <summary>Names the signal: told twice, it reaches nobody twice.</summary>
    [Required, MaxLength(200)]
    public string DedupKey { get; init; } = "";

    public DateTimeOffset? ExpiresAt { get; init; }
}

public sealed record TradingAlertAnswer(int Subscribers, int Accepted);

/// <summary>Tells a signal to everybody in the tenant who has subscribed to its symbol.</summary>
public sealed class SendTradingAlert(
    Database database, SymbolStore symbols, ReadableTexts texts, RequestNotifications requests, TimeProvider time)
{
    private const int AtOnce = 1_000;

    public async Task<TradingAlertAnswer> RunAsync(TenantId tenant, TradingAlertRequest alert, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var type = TemplateCatalog.Get(TemplateCatalog.TradingAlert);
        var symbol = TradingSymbol.Normalize(alert.Symbol);
        var values = new Dictionary<string, TemplateValue> { ["symbol"] = TemplateValue.Of(symbol), ["signal"] = TemplateValue.Of(alert.Signal) };
        await using var connection = database.Open(tenant);
        var readable = await texts.MakeAsync(connection, type, values, cancellationToken);
        var (subscribers, accepted, last, count) = (0, 0, Guid.Empty, AtOnce);
        // Each thousand is a transaction of its own; should one fail, the repeated call finds the key of those before.
        while (count == AtOnce)
        {
            await using var transaction = await database.BeginAsync(tenant, cancellationToken);
            var users = await symbols.ListSubscribersAsync(transaction, symbol, last, AtOnce, cancellationToken);
            var items = users.Select(user => new NewDelivery(Guid.CreateVersion7(now), user, $"alert:{alert.DedupKey}:{user:N}")).ToList();
            accepted += (await requests.WriteAsync(
                transaction, new NewDeliveries(type, type.Priority, values, readable, now, now, alert.ExpiresAt ?? now + type.Life, items), now, cancellationToken)).Count;
            await transaction.CommitAsync(cancellationToken);
            count = users.Count;
            subscribers += count;
            last = count > 0 ? users[^1] : last;
        }

        return new TradingAlertAnswer(subscribers, accepted);
    }
}
