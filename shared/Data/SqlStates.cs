using Npgsql;

namespace ServerlessBusiness.Shared.Data;

/// <summary>What went wrong with PostgreSQL, by name.</summary>
public static class SqlStates
{
    /// <summary>True when the row would break the unique key of that name.</summary>
    public static bool IsDuplicateOf(this PostgresException exception, string constraint) =>
        exception.SqlState == PostgresErrorCodes.UniqueViolation && exception.ConstraintName == constraint;

    /// <summary>True when a value or a constraint was the reason: nothing of the statement was done, and without that row it can be.</summary>
    public static bool IsOfTheData(this PostgresException exception) => exception.SqlState[..2] is "22" or "23";

    /// <summary>
    /// True when the database could not be reached or could not do it now: the same statement will work when that has passed. 57P is one that shuts
    /// down, or an operator who ends its connections.
    /// </summary>
    public static bool IsDatabaseAway(this Exception exception) => exception
        is NpgsqlException { IsTransient: true } or NpgsqlException { InnerException: TimeoutException or IOException }
        or PostgresException { SqlState: ['5', '7', 'P', ..] };
}
