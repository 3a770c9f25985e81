using System.Net.Mail;
using System.Text;
using Dapper;
using Npgsql;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Migrating;

/// <summary>
/// The platform's own tenant, and a message by which Users invites its first administrator. The token of the invitation is in his mail only:
/// neither this step nor its log ever sees it.
/// </summary>
internal static class PlatformAdministrator
{
    /// <exception cref="MigrationException">This is not an e-mail address.</exception>
    public static void Check(string email)
    {
        if (!Ascii.IsValid(email) || !MailAddress.TryCreate(email, out var address) || address.Address != email)
            throw new MigrationException($"'{email}' is not an e-mail address. It reads name@example.com.");
    }

    public static async Task AskAsync(string ownerConnectionString, string email, CancellationToken cancellationToken)
    {
        const string sql = """
            select set_config('app.tenant_id', @tenant, true);
            insert into user_management.tenants (id, name) values (@tenant, 'Platform') on conflict do nothing;
            insert into user_management.outbox (id, tenant_id, destination, subject, body, created_at, available_at)
            values (@Id, @tenant, @destination, @Type, @body, @now, @now);
            """;
        var now = TimeProvider.System.GetUtcNow();
        var message = Envelope.Of(new PlatformAdministratorAsked(email), TenantId.Default, now, traceParent: null);
        await using var owner = new NpgsqlConnection(ownerConnectionString);
        await owner.OpenAsync(cancellationToken);
        await owner.ExecuteAsync(new CommandDefinition(
            sql,
            new { tenant = TenantId.Default.Value, message.Id, message.Type, destination = Topology.BusinessEvents, body = message.ToJson(), now = now.UtcDateTime },
            cancellationToken: cancellationToken));
    }
}
