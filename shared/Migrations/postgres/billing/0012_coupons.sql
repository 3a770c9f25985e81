create table $service$.coupons (
    tenant_id text not null,
    id uuid not null,
    code text not null,
    percent numeric(5,2) check (percent > 0 and percent <= 100),
    amount numeric(18,2) check (amount > 0),
    -- of the amount, and of the invoices that a percentage is for where it is not for all
    currency text,
    duration text not null check (duration in ('once', 'repeating', 'forever')),
    -- how many invoices a repeating one is good for
    invoices int check (invoices > 0),
    -- the tiers it is for; null: all, and invoices that are no subscription's
    tiers text[],
    max_redemptions int check (max_redemptions > 0),
    redemptions int not null default 0,
    redeem_by timestamptz,
    active boolean not null default true,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    constraint coupons_code unique (tenant_id, code),
    check ((percent is null) <> (amount is null)),
    check (amount is null or currency is not null),
    check ((duration = 'repeating') = (invoices is not null)),
    constraint coupons_within_limit check (redemptions <= max_redemptions)
);

create table $service$.coupon_redemptions (
    tenant_id text not null,
    id uuid not null,
    coupon_id uuid not null,
    user_id uuid not null,
    -- the subscription it is good for; null: whatever is billed next to the user
    subscription_id uuid,
    -- invoices it is still good for; null: all
    invoices_left int check (invoices_left >= 0),
    redeemed_at timestamptz not null,
    primary key (tenant_id, id),
    constraint coupon_redemptions_one_per_user unique (tenant_id, user_id, coupon_id),
    foreign key (tenant_id, coupon_id) references $service$.coupons (tenant_id, id)
);
