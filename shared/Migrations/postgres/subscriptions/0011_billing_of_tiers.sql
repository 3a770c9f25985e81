-- From the next period on a subscription is billed as its tier is: where that is another way, Billing is told what the next bill is then.
update $service$.subscriptions s set terms_told = false
from $service$.subscription_tiers t
where t.tenant_id in ('*', s.tenant_id) and t.id = coalesce(s.next_tier_id, s.tier_id) and t.billing_mode <> s.billing_mode
    and s.status in ('trialing', 'active');
