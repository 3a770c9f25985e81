create index answered_requests_by_age on $service$.answered_requests using brin (created_at);
