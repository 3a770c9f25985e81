-- How often its invoice was opened again, as far as that was heard of here; -1: it counts as paid without an invoice.
alter table $service$.subscription_charges add column reopenings int not null default 0;
