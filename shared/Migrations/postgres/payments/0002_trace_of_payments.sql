-- The trace of the request that opened the payment (W3C traceparent). The provider brings none with its notifications, which may
-- come days later; what they set off belongs to this trace.
alter table $service$.payment_transactions add column trace_parent text;
