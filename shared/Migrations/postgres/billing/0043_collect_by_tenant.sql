-- Tenants have their turns when saved methods are charged.
create index invoices_to_collect_by_tenant on $service$.invoices (tenant_id, collect_at) where collect_at is not null;
drop index $service$.invoices_to_collect;
