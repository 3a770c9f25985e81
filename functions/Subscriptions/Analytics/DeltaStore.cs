using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <summary>What changed on a day in the figures of a tier, for the subscriptions begun in one month.</summary>
public sealed record DeltaSum(
    DateOnly Day, DateOnly Cohort, string Tier, int Total, int Started, int Ended, int Upgraded, int Downgraded, int Trials, int Converted,
    decimal MrrUsd, decimal RevenueUsd)
{
    public MetricDelta Delta => new(Tier, Total, Started, Ended, Upgraded, Downgraded, Trials, Converted, MrrUsd, RevenueUsd);
}

/// <summary>SQL of <c>subscription_deltas</c>.</summary>
public sealed class DeltaStore
{
    public Task InsertAsync(
        TenantTransaction transaction, Guid subscription, DateOnly day, DateOnly cohort, MetricDelta delta, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into subscription_deltas (tenant_id, id, subscription_id, day, tier_name, cohort, total, started, ended, upgraded, downgraded,
                                             trials, converted, mrr_usd, revenue_usd)
            values (@tenant, @id, @subscription, @day, @Tier, @cohort, @Total, @Started, @Ended, @Upgraded, @Downgraded,
                    @Trials, @Converted, @MrrUsd, @RevenueUsd)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                id = Guid.CreateVersion7(now),
                subscription,
                day,
                cohort,
                delta.Tier,
                delta.Total,
                delta.Started,
                delta.Ended,
                delta.Upgraded,
                delta.Downgraded,
                delta.Trials,
                delta.Converted,
                delta.MrrUsd,
                delta.RevenueUsd,
            },
            cancellationToken);
    }

    /// <summary>What a tier is called in the figures.</summary>
    public async Task<string> FindTierAsync(TenantTransaction transaction, Guid tier, CancellationToken cancellationToken)
    {
        const string sql = "select code from subscription_tiers where tenant_id in ('*', @tenant) and id = @tier";
        return await transaction.FindAsync<string>(sql, new { tenant = transaction.Tenant, tier }, cancellationToken)
            ?? throw new InvalidOperationException($"There is no tier {tier}.");
    }

    /// <summary>It began as a trial and nobody has paid for it so far.</summary>
    public Task<bool> IsTrialToConvertAsync(TenantTransaction transaction, Guid subscription, CancellationToken cancellationToken)
    {
        const string sql = """
            select coalesce(sum(trials) > 0 and sum(converted) = 0, false) from subscription_deltas
            where tenant_id = @tenant and subscription_id = @subscription and (trials <> 0 or converted <> 0)
            """;
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, subscription }, cancellationToken);
    }

    /// <summary>The sums of some days, and out of the buffer with what it holds of them: both as of one moment, so that nothing is in both
    /// or in neither.</summary>
    public Task<IReadOnlyList<DeltaSum>> SumAndTakeOutAsync(
        TenantTransaction transaction, DateOnly from, DateOnly to, string[] targets, CancellationToken cancellationToken)
    {
        const string sql = """
            with taken as (
                delete from analytics_buffer where tenant_id = @tenant and target = any(@targets) and day between @from and @to
            ), parked as (
                delete from analytics_parked where tenant_id = @tenant and target = any(@targets) and day_from >= @from and day_to <= @to
            )
            select day, cohort, tier_name as tier, sum(total)::int as total, sum(started)::int as started, sum(ended)::int as ended, sum(upgraded)::int as upgraded,
                sum(downgraded)::int as downgraded, sum(trials)::int as trials, sum(converted)::int as converted, sum(mrr_usd) as mrr_usd,
                sum(revenue_usd) as revenue_usd
            from subscription_deltas
            where tenant_id = @tenant and day between @from and @to
            group by day, cohort, tier_name
            order by day, cohort, tier_name
            """;
        return transaction.QueryAsync<DeltaSum>(sql, new { tenant = transaction.Tenant, from, to, targets }, cancellationToken);
    }
}
