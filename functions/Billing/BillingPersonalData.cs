using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Billing;

/// <summary>What Billing holds of a person.</summary>
internal static class BillingPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("invoices", """
            select id, invoice_number, subscription_id, amount, tax_amount, total_amount, currency, status, due_date, paid_date, created_at
            from invoices where tenant_id = @tenant and user_id = @user
            """),
        new("invoiceLines", """
            select l.id, l.invoice_id, l.description, l.quantity, l.unit_price, l.total_price
            from invoice_line_items l join invoices i on i.tenant_id = l.tenant_id and i.id = l.invoice_id
            where l.tenant_id = @tenant and i.user_id = @user
            """),
        new("documents", """
            select d.id, d.kind, d.number, d.version, d.created_at
            from documents d join invoices i on i.tenant_id = d.tenant_id and i.id = d.subject_id
            where d.tenant_id = @tenant and d.kind = 'invoice' and i.user_id = @user
            """),
        new("history", """
            select id, event_type, event_data, created_at from billing_history where tenant_id = @tenant and user_id = @user
            """),
    ];
}
