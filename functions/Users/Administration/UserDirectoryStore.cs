using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Administration;

/// <summary>SQL by which administrators find users.</summary>
public sealed class UserDirectoryStore(Database database)
{
    // Behind every text that begins with the prefix.
    private const string End = "\U0010FFFF";

    /// <summary>Users whose e-mail address or username begins with the text, newest first.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(
        TenantId tenant, string? search, UserStatus? status, PageRequest page, CancellationToken cancellationToken)
    {
        var prefix = search is null ? null : EmailAddress.FoldLogin(search);
        var sql = $"""
            select {UserStore.Columns} from users
            where tenant_id = @tenant
            {(prefix is null ? "" : """
                and ((email_normalized collate "C" >= @prefix and email_normalized collate "C" < @end)
                    or (username_normalized collate "C" >= @prefix and username_normalized collate "C" < @end))
                """)}
            {(status is null ? "" : "and status = @status")}
            {(page.Before is null ? "" : "and id < @Before")}
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<User>(
            sql,
            new { tenant, prefix, end = prefix + End, status = status?.ToString().ToLowerInvariant(), page.Before, page.Fetch },
            cancellationToken);
    }

    /// <summary>False when the account is not in a state that allows it.</summary>
    public async Task<bool> SetStatusAsync(
        TenantTransaction transaction, Guid id, UserStatus from, UserStatus to, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update users set status = @to, access_version = access_version + 1, updated_at = @now
            where tenant_id = @tenant and id = @id and status = @from
            """;
        return await transaction.ExecuteAsync(
            sql,
            new { tenant = transaction.Tenant, id, from = from.ToString().ToLowerInvariant(), to = to.ToString().ToLowerInvariant(), now },
            cancellationToken) == 1;
    }

    public Task RequireResetAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "update users set password_reset_required = true, updated_at = @now where tenant_id = @tenant and id = @id",
            new { tenant = transaction.Tenant, id, now },
            cancellationToken);
}
