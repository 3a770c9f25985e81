using System.Data;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Data;

/// <summary>How Dapper reads and writes our types; applied once per process.</summary>
public static class DapperSetup
{
    private static readonly Lazy<bool> Applied = new(Apply);

    public static void Ensure() => _ = Applied.Value;

    /// <summary>Lets records take an enum that a text column spells in lower case.</summary>
    public static void MapEnum<T>() where T : struct, Enum => SqlMapper.AddTypeHandler(new EnumText<T>());

    private static bool Apply()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateOnly));
        SqlMapper.AddTypeHandler(new Utc());
        SqlMapper.AddTypeHandler(new Date());
        SqlMapper.AddTypeHandler(new Tenant());
        SqlMapper.AddTypeHandler(new CurrencyCode());
        return true;
    }

    private sealed class Utc : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => value is DateTimeOffset offset ? offset : new DateTimeOffset((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.TimestampTz;
            parameter.Value = value.UtcDateTime;
        }
    }

    private sealed class Date : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) => value is DateOnly date ? date : DateOnly.FromDateTime((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateOnly value)
        {
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Date;
            parameter.Value = value;
        }
    }

    private sealed class Tenant : SqlMapper.TypeHandler<TenantId>
    {
        public override TenantId Parse(object value) => TenantId.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, TenantId value) => parameter.Value = value.Value;
    }

    private sealed class CurrencyCode : SqlMapper.TypeHandler<Currency>
    {
        public override Currency Parse(object value) => Currency.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, Currency value) => parameter.Value = value.ToString();
    }

    // Reading only: Dapper turns the text into the enum by itself, but takes the constructor only when a handler is known.
    private sealed class EnumText<T> : SqlMapper.TypeHandler<T> where T : struct, Enum
    {
        public override T Parse(object value) => Enum.Parse<T>((string)value, ignoreCase: true);

        public override void SetValue(IDbDataParameter parameter, T value) => parameter.Value = value.ToString().ToLowerInvariant();
    }
}
