-- Billing keeps the terms of each subscription and bills its renewals by them.
alter table $service$.subscriptions
    -- rises with every change, so that Billing can tell which of two messages is the newer one
    add column terms_version bigint not null default 0,
    -- false where a timer has yet to tell them: what ran before Billing knew terms, and what a new version of its tier gave another price
    add column terms_told boolean not null default false;
create index subscriptions_untold on $service$.subscriptions (id) where not terms_told and status in ('trialing', 'active');
