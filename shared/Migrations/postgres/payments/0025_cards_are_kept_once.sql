-- A card is kept by the first news that brings its token, and never again: its owner may have deleted it since.
alter table $service$.payment_transactions add column card_kept_at timestamptz;
update $service$.payment_transactions set card_kept_at = updated_at
where details @> '{"saveMethod": true}' and (status = 'success' or provider_state = 'authorize');
