-- The history of a draft that was thrown away is found by that.
create index billing_history_of_discarded on $service$.billing_history (tenant_id) where event_type = 'draft_discarded';
