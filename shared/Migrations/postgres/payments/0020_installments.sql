-- An invoice may be paid in parts: one payment succeeds per part, and a second one of the same part is a surplus.
alter table $service$.payment_transactions add column installment int not null default 1 check (installment > 0);
drop index $service$.payment_transactions_one_success_per_invoice;
create unique index payment_transactions_one_success_per_installment on $service$.payment_transactions (tenant_id, invoice_id, installment)
    where status = 'success' and surplus_at is null;
create index payment_transactions_settled on $service$.payment_transactions (tenant_id, settled_at, id) where settled_at is not null;
