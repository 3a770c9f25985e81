-- Somebody gave a surplus back by hand, or settled it otherwise; who and why stands in payment_events.
alter table $service$.payment_transactions add column surplus_handled_at timestamptz;
