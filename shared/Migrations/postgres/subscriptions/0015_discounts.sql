-- What coupons took off the charge when it was paid: so much less it brought in, and so much less is what a later charge takes back of it worth.
alter table $service$.subscription_charges add column discount numeric(18,2) not null default 0;
