using Npgsql;

namespace ServerlessBusiness.Shared.Data;

/// <summary>What PostgreSQL refused, by name.</summary>
public static class SqlStates
{
    /// <summary>True when the row would break the unique key of that name.</summary>
    public static bool IsDuplicateOf(this PostgresException exception, string constraint) =>
        exception.SqlState == PostgresErrorCodes.UniqueViolation && exception.ConstraintName == constraint;

    /// <summary>True when a value or a constraint was the reason: nothing of the statement was done, and without that row it can be.</summary>
    public static bool IsOfTheData(this PostgresException exception) => exception.SqlState[..2] is "22" or "23";
}
