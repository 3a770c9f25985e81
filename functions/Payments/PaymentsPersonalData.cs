using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Payments;

/// <summary>What Payments holds of a person.</summary>
internal static class PaymentsPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("payments", """
            select id, invoice_id, subscription_id, order_id, description, amount, currency, payment_method, bank, instructions,
                provider_response ->> 'masked_card' as masked_card, status, refunded_amount, created_at, updated_at
            from payment_transactions where tenant_id = @tenant and user_id = @user
            """),
        new("methods", """
            select id, type, provider, display, state, is_default, active, created_at
            from user_payment_methods where tenant_id = @tenant and user_id = @user
            """),
        new("refunds", """
            select r.id, r.payment_id, r.amount, r.reason, r.status, r.created_at
            from refunds r join payment_transactions p on p.tenant_id = r.tenant_id and p.id = r.payment_id
            where r.tenant_id = @tenant and p.user_id = @user
            """),
    ];
}
