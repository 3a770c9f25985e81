using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Payments;

/// <summary>What Payments holds of a person.</summary>
internal static class PaymentsPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("payments", """
            select id, invoice_id, subscription_id, order_id, amount, currency, payment_method, bank, status, refunded_amount, created_at, updated_at
            from payment_transactions where tenant_id = @tenant and user_id = @user
            """),
        new("methods", """
            select id, type, provider, is_default, active, created_at
            from user_payment_methods where tenant_id = @tenant and user_id = @user
            """),
    ];
}
