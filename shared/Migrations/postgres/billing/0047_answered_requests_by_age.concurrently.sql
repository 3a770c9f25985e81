-- As in the inbox: the ranges of a table that is written and deleted all the time tell nothing of its age.
drop index concurrently if exists $service$.answered_requests_by_age;
create index concurrently answered_requests_by_age on $service$.answered_requests (created_at);
