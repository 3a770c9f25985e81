using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>SQL of <c>credit_notes</c>, <c>credit_note_lines</c> and <c>credit_note_counters</c>.</summary>
public sealed class CreditNoteStore(Database database)
{
    private const string Columns = """
        id, credit_note_number, invoice_id, user_id, currency, reason, amount, tax_rate, tax_amount, total_amount, reduced, credited, refunded,
        actor, created_at, seller_id
        """;

    /// <summary>The next number of the tenant's month. The counter's row stays locked until the transaction ends: no gap and no double.</summary>
    public Task<long> TakeNumberAsync(TenantTransaction transaction, DateOnly month, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into credit_note_counters as counter (tenant_id, month, last_number) values (@tenant, @month, 1)
            on conflict (tenant_id, month) do update set last_number = counter.last_number + 1
            returning last_number
            """;
        return transaction.FindAsync<long>(sql, new { tenant = transaction.Tenant, month }, cancellationToken);
    }

    /// <summary>An invoice's lines with what its credit notes have taken of each.</summary>
    public Task<IReadOnlyList<CreditableLine>> ListCreditableAsync(TenantTransaction transaction, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = """
            select line.id, line.description, line.total_price as total, (
                select coalesce(sum(amount), 0) from credit_note_lines where tenant_id = @tenant and invoice_line_id = line.id) as credited
            from invoice_line_items as line
            where line.tenant_id = @tenant and line.invoice_id = @invoice
            order by line.id
            """;
        return transaction.QueryAsync<CreditableLine>(sql, new { tenant = transaction.Tenant, invoice }, cancellationToken);
    }

    /// <summary>Net and tax of all credit notes of an invoice.</summary>
    public Task<(decimal Net, decimal Tax)> SumAsync(TenantTransaction transaction, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = """
            select coalesce(sum(amount), 0) as net, coalesce(sum(tax_amount), 0) as tax from credit_notes
            where tenant_id = @tenant and invoice_id = @invoice
            """;
        return transaction.FindAsync<(decimal, decimal)>(sql, new { tenant = transaction.Tenant, invoice }, cancellationToken);
    }

    public Task InsertAsync(
        TenantTransaction transaction, CreditNote note, IReadOnlyList<CreditedLine> lines, RequestKey? key, CancellationToken cancellationToken)
    {
        const string sql = """
            with note as (
                insert into credit_notes (tenant_id, id, credit_note_number, invoice_id, user_id, currency, reason, amount, tax_rate, tax_amount,
                                          total_amount, reduced, credited, refunded, actor, created_at, seller_id, request_key,
                                          request_hash)
                values (@tenant, @Id, @CreditNoteNumber, @InvoiceId, @UserId, @Currency, @Reason, @Amount, @TaxRate, @TaxAmount,
                        @TotalAmount, @Reduced, @Credited, @Refunded, @Actor, @CreatedAt, @SellerId, @requestKey, @requestHash)
                returning id
            )
            insert into credit_note_lines (tenant_id, id, credit_note_id, invoice_line_id, description, amount)
            select @tenant, line.id, note.id, line.invoice_line, line.description, line.amount
            from note, unnest(@ids, @invoiceLines, @descriptions, @amounts) as line(id, invoice_line, description, amount)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                note.Id,
                note.CreditNoteNumber,
                note.InvoiceId,
                note.UserId,
                note.Currency,
                note.Reason,
                note.Amount,
                note.TaxRate,
                note.TaxAmount,
                note.TotalAmount,
                note.Reduced,
                note.Credited,
                note.Refunded,
                note.Actor,
                note.CreatedAt,
                note.SellerId,
                requestKey = key?.Value,
                requestHash = key?.Hash,
                // Lines are listed by id.
                ids = lines.Select((_, place) => Guid.CreateVersion7(note.CreatedAt.AddMilliseconds(place))).ToArray(),
                invoiceLines = lines.Select(line => line.LineId).ToArray(),
                descriptions = lines.Select(line => line.Description).ToArray(),
                amounts = lines.Select(line => line.Amount).ToArray(),
            },
            cancellationToken);
    }

    /// <summary>The note that was made under that key; null when there is none.</summary>
    /// <exception cref="ProblemException">422 when another request used the key.</exception>
    public async Task<CreditNote?> FindAsync(TenantTransaction transaction, RequestKey key, CancellationToken cancellationToken)
    {
        const string hash = "select request_hash from credit_notes where tenant_id = @tenant and request_key = @Value";
        const string note = $"select {Columns} from credit_notes where tenant_id = @tenant and request_key = @Value";
        var values = new { tenant = transaction.Tenant, key.Value };
        if (await transaction.FindAsync<byte[]>(hash, values, cancellationToken) is not { } known)
            return null;
        key.RequireSame(known);
        return await transaction.FindAsync<CreditNote>(note, values, cancellationToken);
    }

    /// <summary>What could not go back became credit.</summary>
    public Task TurnToCreditAsync(TenantTransaction transaction, Guid id, decimal amount, CancellationToken cancellationToken)
    {
        const string sql = """
            update credit_notes set refunded = refunded - @amount, credited = credited + @amount where tenant_id = @tenant and id = @id
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, amount }, cancellationToken);
    }

    public async Task<CreditNote?> FindAsync(TenantId tenant, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from credit_notes where tenant_id = @tenant and id = @id and (@owner::uuid is null or user_id = @owner)
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<CreditNote>(sql, new { tenant, id, owner }, cancellationToken);
    }

    /// <summary>Newest first; of one user, or of everybody; of one invoice when asked.</summary>
    public async Task<IReadOnlyList<CreditNote>> ListAsync(
        TenantId tenant, Guid? owner, Guid? invoice, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = $"""
            select {Columns} from credit_notes
            where tenant_id = @tenant
            {(owner is null ? "" : "and user_id = @owner")}
            {(invoice is null ? "" : "and invoice_id = @invoice")}
            {(page.Before is null ? "" : "and id < @Before")}
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<CreditNote>(sql, new { tenant, owner, invoice, page.Before, page.Fetch }, cancellationToken);
    }

    public async Task<IReadOnlyList<CreditNoteLine>> ListLinesAsync(TenantId tenant, Guid note, CancellationToken cancellationToken)
    {
        const string sql = """
            select invoice_line_id, description, amount from credit_note_lines where tenant_id = @tenant and credit_note_id = @note order by id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<CreditNoteLine>(sql, new { tenant, note }, cancellationToken);
    }
}
