using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Rates;

/// <summary>SQL of <c>fx_quotes</c>.</summary>
public sealed class FxQuoteStore(Database database)
{
    private const string Columns = "id, from_currency, rate, source, quoted_at, valid_until";

    /// <summary>The newest quote that holds at this moment.</summary>
    public async Task<FxQuote?> FindAsync(TenantId tenant, Currency from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from fx_quotes
            where tenant_id = @tenant and from_currency = @from and quoted_at <= @now and valid_until > @now
            order by quoted_at desc, id desc
            limit 1
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<FxQuote>(sql, new { tenant, from, now }, cancellationToken);
    }

    public async Task<IReadOnlyList<FxQuote>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = $"""
            select {Columns} from fx_quotes
            where tenant_id = @tenant
            {(page.Before is null ? "" : "and id < @Before")}
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<FxQuote>(sql, new { tenant, page.Before, page.Fetch }, cancellationToken);
    }

    public async Task InsertAsync(TenantId tenant, FxQuote quote, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into fx_quotes (tenant_id, id, from_currency, rate, source, quoted_at, valid_until, created_at)
            values (@tenant, @Id, @FromCurrency, @Rate, @Source, @QuotedAt, @ValidUntil, @now)
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql, new { tenant, quote.Id, quote.FromCurrency, quote.Rate, quote.Source, quote.QuotedAt, quote.ValidUntil, now }, cancellationToken);
    }
}
