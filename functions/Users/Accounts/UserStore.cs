using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>SQL of <c>users</c>.</summary>
public sealed class UserStore(Database database)
{
    private const string Columns =
        "id, email, username, password_hash, first_name, last_name, phone, email_verified, status, created_at, access_version";

    public async Task InsertAsync(TenantTransaction transaction, User user, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into users (tenant_id, id, email, email_normalized, username, username_normalized, password_hash,
                               first_name, last_name, phone, created_at, updated_at)
            values (@tenant, @Id, @Email, @email, @Username, @username, @PasswordHash, @FirstName, @LastName, @Phone, @CreatedAt, @CreatedAt)
            """;
        try
        {
            await transaction.ExecuteAsync(
                sql,
                new
                {
                    tenant = transaction.Tenant,
                    user.Id,
                    user.Email,
                    email = LoginName.Normalize(user.Email),
                    user.Username,
                    username = LoginName.Normalize(user.Username),
                    user.PasswordHash,
                    user.FirstName,
                    user.LastName,
                    user.Phone,
                    user.CreatedAt,
                },
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("users_email_taken"))
        {
            throw ProblemException.Conflict("EMAIL_TAKEN", "An account with this e-mail address exists already.");
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("users_username_taken"))
        {
            throw ProblemException.Conflict("USERNAME_TAKEN", "This username is taken. Choose another one.");
        }
    }

    public async Task<User?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from users where tenant_id = @tenant and id = @id";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<User>(sql, new { tenant, id }, cancellationToken);
    }

    /// <summary>The account whose e-mail address or username this is. An address wins: usernames hold no '@'.</summary>
    public async Task<User?> FindByLoginAsync(TenantId tenant, string login, CancellationToken cancellationToken)
    {
        const string byEmail = $"select {Columns} from users where tenant_id = @tenant and email_normalized = @login";
        const string byUsername = $"select {Columns} from users where tenant_id = @tenant and username_normalized = @login";
        await using var connection = database.Open(tenant);
        var normalized = LoginName.Normalize(login);
        return await connection.FindAsync<User>(normalized.Contains('@') ? byEmail : byUsername, new { tenant, login = normalized }, cancellationToken);
    }

    public Task TouchLoginAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "update users set last_login_at = @now where tenant_id = @tenant and id = @id",
            new { tenant = transaction.Tenant, id, now },
            cancellationToken);
}
