using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Billing;

/// <summary>What Billing holds of a person.</summary>
internal static class BillingPersonalData
{
    public static readonly IReadOnlyList<PersonalDataSource> Sources =
    [
        new("invoices", """
            select id, invoice_number, subscription_id, amount, tax_amount, total_amount, currency, status, due_date, paid_date, created_at
            from invoices where tenant_id = @tenant and user_id = @user and not is_draft
            """),
        new("invoiceLines", """
            select l.id, l.invoice_id, l.description, l.quantity, l.unit_price, l.total_price
            from invoice_line_items l join invoices i on i.tenant_id = l.tenant_id and i.id = l.invoice_id
            where l.tenant_id = @tenant and i.user_id = @user and not i.is_draft
            """),
        new("agreements", """
            select subscription_id as id, tier_name, billing_cycle, currency, price, next_billing_at from billing_agreements
            where tenant_id = @tenant and user_id = @user
            """),
        new("coupons", """
            select r.id, c.code, r.subscription_id, r.invoices_left, r.redeemed_at
            from coupon_redemptions r join coupons c on c.tenant_id = r.tenant_id and c.id = r.coupon_id
            where r.tenant_id = @tenant and r.user_id = @user
            """),
        new("paymentsReceived", """
            select payment_id as id, invoice_id, currency, amount, method, applied, credited, returned, refunded, flag, received_at, reversed_at
            from payments_received where tenant_id = @tenant and user_id = @user
            """),
        new("creditNotes", """
            select id, credit_note_number, invoice_id, currency, reason, amount, tax_amount, total_amount, reduced, credited, refunded, created_at
            from credit_notes where tenant_id = @tenant and user_id = @user
            """),
        new("creditNoteLines", """
            select l.id, l.credit_note_id, l.description, l.amount
            from credit_note_lines l join credit_notes n on n.tenant_id = l.tenant_id and n.id = l.credit_note_id
            where l.tenant_id = @tenant and n.user_id = @user
            """),
        new("creditNoteRefunds", """
            select id, credit_note_id, invoice_id, payment_id, amount, currency, reason, status, created_at
            from credit_note_refunds where tenant_id = @tenant and user_id = @user
            """),
        new("creditEntries", """
            select id, currency, amount, reason, invoice_id, payment_id, credit_note_id, created_at
            from credit_entries where tenant_id = @tenant and user_id = @user
            """),
        new("documents", """
            select d.id, d.kind, d.number, d.version, d.created_at
            from documents d join invoices i on i.tenant_id = d.tenant_id and i.id = d.subject_id
            where d.tenant_id = @tenant and d.kind = 'invoice' and i.user_id = @user
            union all
            select d.id, d.kind, d.number, d.version, d.created_at
            from documents d join credit_notes n on n.tenant_id = d.tenant_id and n.id = d.subject_id
            where d.tenant_id = @tenant and d.kind = 'credit_note' and n.user_id = @user
            """),
        new("history", $"""
            select id, event_type, event_data, created_at from billing_history
            where tenant_id = @tenant and user_id = @user and event_type not in {HistoryStore.Internal}
            """),
    ];
}
