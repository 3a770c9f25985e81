using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Access;

public sealed record CheckRequest
{
    /// <summary>Whose permissions; without it the caller's own.</summary>
    public Guid? UserId { get; init; }

    /// <summary>Such as <c>invoices:read</c>.</summary>
    [Required, MinLength(1), MaxLength(100)]
    public string[] Permissions { get; init; } = [];
}

public sealed record CheckView(bool Allowed, IReadOnlyDictionary<string, bool> Permissions);

/// <summary>Answers whether somebody may do something, by the database and not by what Redis remembers.</summary>
public sealed class CheckPermissions(Database database, AccessStore accesses)
{
    public async Task<CheckView> RunAsync(Caller caller, CheckRequest request, CancellationToken cancellationToken)
    {
        if (request.Permissions.Where(permission => !Permission.IsWellFormed(permission) || permission.Contains('*')).ToList() is [var malformed, ..])
            throw ProblemException.Invalid("permissions", "INVALID_PERMISSION", $"'{malformed}' is no single permission such as invoices:read.");

        var user = caller.RequireFor(request.UserId, "users:read", "Your roles do not allow you to ask about others.");
        await using var connection = database.Open(caller.Tenant);
        var access = await accesses.FindAsync(connection, user, cancellationToken)
            ?? throw ProblemException.NotFound("USER_NOT_FOUND", "There is no such user in this tenant.");
        var granted = access.Status == UserStatus.Active ? access.Permissions : [];
        var answers = request.Permissions.Distinct().ToDictionary(permission => permission, permission => Permission.Allows(granted, permission));
        return new CheckView(answers.Values.All(allowed => allowed), answers);
    }
}
