-- Messages arrive in the order of their time, so a few bytes for each stretch of the table are enough to find the old ones.
create index inbox_by_age on $service$.inbox using brin (handled_at);
