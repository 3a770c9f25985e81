using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>A new account, before it is written.</summary>
public sealed record NewUser(
    Guid Id, EmailAddress Email, Username Username, string PasswordHash, string? FirstName, string? LastName, string? Phone, bool EmailVerified);

/// <summary>SQL of <c>users</c> and <c>usernames</c>.</summary>
public sealed class UserStore(Database database)
{
    internal const string Columns = """
        id, email, username, password_hash, first_name, last_name, phone, email_verified, phone_verified, status, password_reset_required, created_at,
        last_login_at, deletion_due_at, password_changed_at,
        exists (select from totp_devices t where t.tenant_id = users.tenant_id and t.user_id = users.id and t.confirmed_at is not null) as has_second_factor
        """;

    /// <summary>
    /// Takes a username for a user. False when somebody has it, or it is held. One whose time is over is held until the clean-up, which frees the
    /// names of unproven accounts at the same time.
    /// </summary>
    public async Task<bool> TakeUsernameAsync(TenantTransaction transaction, Username username, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into usernames (tenant_id, username_normalized, user_id) values (@tenant, @username, @user)
            on conflict (tenant_id, username_normalized) do nothing
            """;
        return await transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, username = username.Normalized, user }, cancellationToken) == 1;
    }

    /// <summary>Leaves a username to nobody until a day, so that asking for it tells nothing.</summary>
    /// <param name="username">In the form that is compared.</param>
    public Task HoldUsernameAsync(
        TenantTransaction transaction, string username, DateTimeOffset until, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "update usernames set user_id = null, held_until = @until where tenant_id = @tenant and username_normalized = @username",
            new { tenant = transaction.Tenant, username, until },
            cancellationToken);

    /// <summary>False when the e-mail address is taken.</summary>
    public async Task<bool> TryInsertAsync(TenantTransaction transaction, NewUser user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into users (tenant_id, id, email, email_normalized, username, username_normalized, password_hash,
                               first_name, last_name, phone, email_verified, created_at, updated_at)
            values (@tenant, @Id, @email, @emailNormalized, @username, @usernameNormalized, @PasswordHash,
                    @FirstName, @LastName, @Phone, @EmailVerified, @now, @now)
            on conflict (tenant_id, email_normalized) do nothing
            """;
        try
        {
            return await transaction.ExecuteAsync(sql, Parameters(transaction.Tenant, user, now), cancellationToken) == 1;
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("users_username_taken"))
        {
            throw Username.Taken();
        }
    }

    /// <summary>Removes the account of this address that nobody ever proved to be his, and tells which it was.</summary>
    public Task<Guid?> DropUnprovenAsync(TenantTransaction transaction, EmailAddress email, CancellationToken cancellationToken)
    {
        const string sql = """
            with unproven as (
                select id from users where tenant_id = @tenant and email_normalized = @email and not email_verified for update),
            roles_gone as (delete from user_roles where tenant_id = @tenant and user_id in (select id from unproven)),
            names_gone as (delete from usernames where tenant_id = @tenant and user_id in (select id from unproven)),
            sessions_gone as (delete from user_sessions where tenant_id = @tenant and user_id in (select id from unproven))
            delete from users where tenant_id = @tenant and id in (select id from unproven) returning id
            """;
        return transaction.FindAsync<Guid?>(sql, new { tenant = transaction.Tenant, email = email.Normalized }, cancellationToken);
    }

    public async Task<User?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await FindAsync(connection, id, cancellationToken);
    }

    public Task<User?> FindAsync(TenantConnection connection, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from users where tenant_id = @tenant and id = @id";
        return connection.FindAsync<User>(sql, new { tenant = connection.Tenant, id }, cancellationToken);
    }

    public Task<User?> FindByEmailAsync(TenantConnection connection, EmailAddress email, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from users where tenant_id = @tenant and email_normalized = @email";
        return connection.FindAsync<User>(sql, new { tenant = connection.Tenant, email = email.Normalized }, cancellationToken);
    }

    /// <summary>The account of an address, for whom only one at a time writes a mail.</summary>
    public Task<User?> FindByEmailForUpdateAsync(TenantTransaction transaction, EmailAddress email, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from users where tenant_id = @tenant and email_normalized = @email for no key update";
        return transaction.FindAsync<User>(sql, new { tenant = transaction.Tenant, email = email.Normalized }, cancellationToken);
    }

    /// <summary>The account whose e-mail address or username this is. Usernames hold no '@'.</summary>
    public async Task<User?> FindByLoginAsync(TenantId tenant, string login, CancellationToken cancellationToken)
    {
        const string byEmail = $"select {Columns} from users where tenant_id = @tenant and email_normalized = @login";
        const string byUsername = $"select {Columns} from users where tenant_id = @tenant and username_normalized = @login";
        await using var connection = database.Open(tenant);
        var folded = EmailAddress.FoldLogin(login);
        return await connection.FindAsync<User>(folded.Contains('@') ? byEmail : byUsername, new { tenant, login = folded }, cancellationToken);
    }

    /// <summary>True when the address was not proven before.</summary>
    public async Task<bool> VerifyEmailAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update users set email_verified = true, updated_at = @now
            where tenant_id = @tenant and id = @id and not email_verified and status <> 'deleted'
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken) == 1;
    }

    /// <summary>False when the user got another password after he was read, was shut out, or owes a new one by mail.</summary>
    /// <param name="byMail">A link of a mail sets it: only that ends a forced reset.</param>
    public async Task<bool> SetPasswordAsync(
        TenantTransaction transaction, User user, string hash, bool byMail, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update users set password_hash = @hash, password_changed_at = @now, password_reset_required = false, updated_at = @now
            where tenant_id = @tenant and id = @Id and password_changed_at is not distinct from @PasswordChangedAt
                and status = 'active' and (@byMail or not password_reset_required)
            """;
        return await transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, user.Id, user.PasswordChangedAt, hash, byMail, now }, cancellationToken) == 1;
    }

    /// <summary>Puts the same password's hash of today's scheme in the place of an older one.</summary>
    public async Task RehashAsync(TenantId tenant, Guid id, string oldHash, string newHash, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            "update users set password_hash = @newHash where tenant_id = @tenant and id = @id and password_hash = @oldHash and status <> 'deleted'",
            new { tenant, id, oldHash, newHash },
            cancellationToken);
    }

    /// <summary>
    /// Notes a sign-in and locks the account. False when the account is not any more as it was when its user proved who he is: shut out, of
    /// another password or with a second factor that he has not shown.
    /// </summary>
    public async Task<bool> TouchLoginAsync(TenantTransaction transaction, User proven, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update users set last_login_at = @now
            where tenant_id = @tenant and id = @Id and status = 'active' and email_verified and not password_reset_required
                and password_changed_at is not distinct from @PasswordChangedAt
                and @HasSecondFactor = exists (
                    select from totp_devices t where t.tenant_id = @tenant and t.user_id = @Id and t.confirmed_at is not null)
            """;
        return await transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, proven.Id, proven.PasswordChangedAt, proven.HasSecondFactor, now }, cancellationToken) == 1;
    }

    /// <summary>Whether the account is in use; who wants to shut it out waits for this transaction.</summary>
    public Task<bool> IsActiveForUpdateAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        transaction.FindAsync<bool>(
            "select status = 'active' from users where tenant_id = @tenant and id = @id for update",
            new { tenant = transaction.Tenant, id },
            cancellationToken);

    /// <summary>What a user may change of himself. Another phone number is not proven yet. False when the account was deleted meanwhile.</summary>
    public async Task<bool> UpdateProfileAsync(
        TenantTransaction transaction, Guid id, string? firstName, string? lastName, string? phone, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            update users
            set first_name = @firstName, last_name = @lastName, phone_verified = phone_verified and phone is not distinct from @phone, phone = @phone,
                updated_at = @now
            where tenant_id = @tenant and id = @id and status <> 'deleted'
            """;
        return await transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id, firstName, lastName, phone, now }, cancellationToken) == 1;
    }

    /// <summary>A number that was proven to be the user's. False when there is no such user.</summary>
    public async Task<bool> VerifyPhoneAsync(
        TenantTransaction transaction, Guid id, string phone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update users set phone = @phone, phone_verified = true, updated_at = @now
            where tenant_id = @tenant and id = @id and status <> 'deleted'
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, phone, now }, cancellationToken) == 1;
    }

    private static object Parameters(TenantId tenant, NewUser user, DateTimeOffset now) => new
    {
        tenant,
        user.Id,
        email = user.Email.Typed,
        emailNormalized = user.Email.Normalized,
        username = user.Username.Typed,
        usernameNormalized = user.Username.Normalized,
        user.PasswordHash,
        user.FirstName,
        user.LastName,
        user.Phone,
        user.EmailVerified,
        now,
    };
}
