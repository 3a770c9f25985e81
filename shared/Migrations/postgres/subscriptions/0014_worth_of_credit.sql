-- What the currency is worth in USD in the charge of which the credit is taken back; null where it is taken to be worth what it is in this one.
alter table $service$.subscription_charges add column credit_usd_rate numeric(24,12);
