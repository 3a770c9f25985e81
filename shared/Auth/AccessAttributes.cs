namespace ServerlessBusiness.Shared.Auth;

/// <summary>Who may call an HTTP function. Every one states exactly one of the kinds; a test fails on one that states nothing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class AccessAttribute : Attribute;

/// <summary>Anybody may call. Without a tenant in the request it speaks for the tenant <c>default</c>.</summary>
public sealed class AnonymousAttribute : AccessAttribute
{
    /// <summary>False where the answer concerns no tenant at all, or the tenant is found in another way (health, keys, webhooks).</summary>
    public bool NeedsTenant { get; init; } = true;
}

/// <summary>Any signed-in user of the tenant, about what is his own; or another of our services.</summary>
public sealed class AuthenticatedAttribute : AccessAttribute;

/// <summary>A user whose roles hold this permission, or another of our services.</summary>
public sealed class RequiresAttribute(string permission) : AccessAttribute
{
    public string Permission => permission;

    /// <summary>It crosses tenants: an administrator of any other tenant holds the permission only there.</summary>
    public bool PlatformOnly { get; init; }
}
