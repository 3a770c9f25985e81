using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.Templates;

public sealed record TemplateOverride(string NotificationType, string Locale, int Version, string Title, string Body);

/// <summary>SQL of <c>template_overrides</c>. Nothing is changed in place: each change is a version more.</summary>
public sealed class TemplateOverrideStore
{
    /// <summary>The tenant's own texts that count now.</summary>
    public Task<IReadOnlyList<TemplateOverride>> ListAsync(TenantConnection connection, CancellationToken cancellationToken)
    {
        const string sql = """
            select notification_type, locale, version, title, body
            from (select distinct on (notification_type, locale) notification_type, locale, version, title, body
                  from template_overrides where tenant_id = @tenant
                  order by notification_type, locale, version desc) newest
            where body is not null
            """;
        return connection.QueryAsync<TemplateOverride>(sql, new { tenant = connection.Tenant }, cancellationToken);
    }

    /// <summary>Adds a version and returns its number; without a text it goes back to ours.</summary>
    public async Task<int> AddAsync(
        TenantTransaction transaction, string type, string locale, Template? text, Guid? author, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Two at once would take the same number; the second waits for the first.
        const string sql = """
            select pg_advisory_xact_lock(hashtextextended('template_overrides ' || @tenant || @type || @locale, 0));
            """;
        const string insert = """
            insert into template_overrides (tenant_id, notification_type, locale, version, title, body, created_by, created_at)
            select @tenant, @type, @locale, coalesce(max(version), 0) + 1, @title, @body, @author, @now
            from template_overrides where tenant_id = @tenant and notification_type = @type and locale = @locale
            returning version
            """;
        var parameters = new { tenant = transaction.Tenant, type, locale, title = text?.Title, body = text?.Text, author, now };
        await transaction.ExecuteAsync(sql, parameters, cancellationToken);
        return (await transaction.QueryAsync<int>(insert, parameters, cancellationToken))[0];
    }
}
