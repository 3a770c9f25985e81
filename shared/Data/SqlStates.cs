using Npgsql;

namespace ServerlessBusiness.Shared.Data;

/// <summary>What PostgreSQL refused, by name.</summary>
public static class SqlStates
{
    /// <summary>True when the row would break the unique key of that name.</summary>
    public static bool IsDuplicateOf(this PostgresException exception, string constraint) =>
        exception.SqlState == PostgresErrorCodes.UniqueViolation && exception.ConstraintName == constraint;
}
