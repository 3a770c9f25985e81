-- New rows take the place of deleted ones all over the table, and a range of its blocks keeps the time of the oldest row that it ever had: after a
-- while every range was looked through for old ones.
drop index concurrently if exists $service$.inbox_by_age;
create index concurrently inbox_by_age on $service$.inbox (handled_at);
