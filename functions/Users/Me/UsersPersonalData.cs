using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Users.Me;

/// <summary>What Users holds of a person. Where an administrator acted upon him or in his name, that one's address and browser are left out.</summary>
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
        new("invitations", """
            select i.id, i.email, i.role_name, i.invited_by, i.created_at, i.expires_at, i.accepted_at, i.revoked_at
            from invitations i
            where i.tenant_id = @tenant
                and (i.id = @user or i.email_normalized = (select email_normalized from users where tenant_id = @tenant and id = @user))
            """),
        new("sessions", """
            select id, created_at, last_accessed_at as last_refreshed_at, expires_at, ended_at, ended_reason, impersonator_id is not null as impersonated,
                case when impersonator_id is null then host(ip_address) end as ip_address,
                case when impersonator_id is null then user_agent end as user_agent,
                host(refreshed_from) as refreshed_from, refreshed_agent
            from user_sessions where tenant_id = @tenant and user_id = @user
            """),
        new("impersonations", """
            select id, user_id, created_at, expires_at, ended_at, ended_reason, host(ip_address) as ip_address, user_agent
            from user_sessions where tenant_id = @tenant and impersonator_id = @user
            """),
        new("secondFactors", "select user_id as id, created_at, confirmed_at from totp_devices where tenant_id = @tenant and user_id = @user"),
        new("passkeys", "select id, name, synced, created_at, last_used_at from passkeys where tenant_id = @tenant and user_id = @user"),
        new("auditLog", """
            select id, at, action, coalesce(impersonator_id, actor_id) is not distinct from @user as own_act,
                case when coalesce(impersonator_id, actor_id) = @user then host(address) end as address, detail
            from audit_log where tenant_id = @tenant and (actor_id = @user or target_id = @user or impersonator_id = @user)
            """),
    ];
}
