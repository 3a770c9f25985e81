-- Whether a subscription was a trial and is paid for.
create index subscription_deltas_of_trials on $service$.subscription_deltas (tenant_id, subscription_id) where trials <> 0 or converted <> 0;
