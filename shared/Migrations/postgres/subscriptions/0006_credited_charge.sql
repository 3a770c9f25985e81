-- Which charge the credit of this one was taken back from: where this one is withdrawn, that one has it again.
alter table $service$.subscription_charges add column credited_charge_id uuid;
