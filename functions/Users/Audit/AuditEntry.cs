using System.Net;
using System.Text.Json;
using ServerlessBusiness.Shared.Auth;

namespace ServerlessBusiness.Users.Audit;

public enum ActorKind
{
    User,
    Service,
    Anonymous,
    System,
}

/// <summary>Who did it: an administrator who acts in a user's name is named beside him.</summary>
public sealed record AuditActor(ActorKind Kind, Guid? Id, string? Service, Guid? Impersonator, IPAddress? Address)
{
    /// <summary>A timer or a listener.</summary>
    public static readonly AuditActor System = new(ActorKind.System, null, null, null, null);

    public static AuditActor Of(Caller caller) => caller switch
    {
        { User: { } user } => new AuditActor(ActorKind.User, user, null, caller.Impersonator, caller.Address),
        { Service: { } service } => new AuditActor(ActorKind.Service, null, service, null, caller.Address),
        _ => new AuditActor(ActorKind.Anonymous, null, null, null, caller.Address),
    };
}

/// <summary>What happened to whom. Actions read <c>account.suspended</c>; details hold no secret and no personal data, for they stay for ever.</summary>
public sealed record AuditEntry(string Action, Guid? Target, object? Detail = null)
{
    internal string DetailJson => Detail is null ? "{}" : JsonSerializer.Serialize(Detail, JsonSerializerOptions.Web);
}
