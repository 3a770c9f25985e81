-- A notice of what nobody else asks about (a chargeback, a refund, a reversal) may come before the provider's books show it: it is asked about again.
alter table $service$.midtrans_notices add column rechecks int not null default 0;
