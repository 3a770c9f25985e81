using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Shared.Migrations;

/// <summary>How the roles of the services sign in: by one password, or each by an identity of Entra ID.</summary>
public sealed class RoleSignIns
{
    private readonly Dictionary<string, Guid> identities = [];

    private RoleSignIns()
    {
    }

    internal string? Password { get; private init; }

    public static RoleSignIns WithPassword(string password) => new() { Password = password };

    /// <param name="identities">The object id of the identity that each role belongs to.</param>
    /// <exception cref="InvalidOperationException">A role has none: its app could not sign in.</exception>
    public static RoleSignIns WithIdentities(IEnumerable<(string Role, Guid ObjectId)> identities)
    {
        var signIns = new RoleSignIns();
        foreach (var (role, objectId) in identities)
            signIns.identities[role] = objectId;
        var missing = ServiceIdentity.All.SelectMany(service => new[] { service.AppRole, service.JobsRole })
            .Where(role => signIns.identities.GetValueOrDefault(role) == Guid.Empty).ToList();
        return missing.Count == 0
            ? signIns
            : throw new InvalidOperationException($"No identity is given for {string.Join(", ", missing)}.");
    }

    internal Guid? IdentityOf(string role) => identities.TryGetValue(role, out var objectId) ? objectId : null;
}
