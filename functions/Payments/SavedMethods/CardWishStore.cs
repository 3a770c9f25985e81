using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>SQL of what <c>payment_transactions</c> know of cards that are to be kept.</summary>
public sealed class CardWishStore
{
    /// <summary>The payer's wish to keep the card he pays with, once; false when there is none, or none any more.</summary>
    public async Task<bool> TakeAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update payment_transactions set card_kept_at = @now
            where tenant_id = @tenant and id = @id and card_kept_at is null and details @> '{"saveMethod": true}'
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken) == 1;
    }

    /// <summary>From now on no payment of this user keeps its card.</summary>
    public Task DropOfUserAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update payment_transactions set details = details - 'saveMethod', version = version + 1, updated_at = @now
            where tenant_id = @tenant and user_id = @user and card_kept_at is null and details @> '{"saveMethod": true}'
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }
}
