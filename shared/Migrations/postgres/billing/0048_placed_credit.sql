-- What of a payment that came late has paid other invoices at once: should it go back, that is owed again.
alter table $service$.payments_received add column placed numeric(18,2) not null default 0 check (placed >= 0);
