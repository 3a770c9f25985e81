-- Whose claim it is: a sender that took longer than its claim settles nothing over the head of the next one.
alter table $service$.notification_history add column claim_id uuid;
