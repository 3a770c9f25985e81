-- New rows take the place of deleted ones all over the table, and a range of its blocks keeps the time of the oldest row that it ever had: after a
-- while every range was looked through for old ones.
drop index $service$.usage_event_ids_by_age, $service$.quota_counters_by_age;
create index usage_event_ids_by_age on $service$.usage_event_ids (received_at);
create index quota_counters_by_age on $service$.quota_counters (window_end);
