-- A rate for the demo tenant, so that invoices in dollars can be paid. For the local stack only.
select set_config('app.tenant_id', 'default', true);

insert into payment_management.fx_quotes (tenant_id, id, from_currency, rate, source, quoted_at, valid_until, created_at)
values ('default', '01930000-0000-7000-8000-0000000000e1', 'USD', 16650, 'demo', now(), now() + interval '10 years', now())
on conflict do nothing;
