-- Notices that were stored before they knew their payment are processed like new ones.
update $service$.midtrans_notices as notice set payment_id = payment.id
from $service$.payment_transactions as payment
where payment.tenant_id = notice.tenant_id and payment.order_id = notice.order_id and notice.payment_id is null;
