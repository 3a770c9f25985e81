using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Users.Me;

/// <summary>What Users holds of a person.</summary>
internal static class UsersPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("account", """
            select id, email, username, first_name, last_name, phone, email_verified, phone_verified, status, created_at, updated_at, last_login_at,
                deletion_due_at
            from users where tenant_id = @tenant and id = @user
            """),
        new("roles", """
            select ur.id, r.name, ur.assigned_at
            from user_roles ur join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
            where ur.tenant_id = @tenant and ur.user_id = @user
            """),
        new("sessions", """
            select id, created_at, last_accessed_at, expires_at, ended_at, ended_reason, host(ip_address) as ip_address, user_agent
            from user_sessions where tenant_id = @tenant and user_id = @user
            """),
        new("secondFactors", "select user_id as id, created_at, confirmed_at from totp_devices where tenant_id = @tenant and user_id = @user"),
        new("passkeys", "select id, name, synced, created_at, last_used_at from passkeys where tenant_id = @tenant and user_id = @user"),
        new("auditLog", """
            select id, at, action, host(address) as address, detail
            from audit_log where tenant_id = @tenant and (actor_id = @user or target_id = @user)
            """),
    ];
}
