-- The one table that other services read. Their roles are made before any schema is migrated.
grant usage on schema $service$ to subscriptions_app, payments_app, notifications_app, billing_app,
    subscriptions_jobs, payments_jobs, notifications_jobs, billing_jobs;
grant select on $service$.tenants to subscriptions_app, payments_app, notifications_app, billing_app,
    subscriptions_jobs, payments_jobs, notifications_jobs, billing_jobs;
create policy jobs_of_others_see_all on $service$.tenants for select
    to subscriptions_jobs, payments_jobs, notifications_jobs, billing_jobs using (true);
