-- How often an invoice was paid and then was not: what was told of it before the last time is outdated.
alter table $service$.invoices add column reopenings int not null default 0;
update $service$.invoices set reopenings = 1 where reopened_at is not null;
