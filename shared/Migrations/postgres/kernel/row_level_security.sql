-- Runs after every upgrade: each table that has a tenant_id is locked to the tenant of the transaction, so none can be forgotten.
-- A table that brings a policy named tenant_isolation of its own keeps it.
do $$
declare
    tenant_table record;
begin
    for tenant_table in
        select format('%I.%I', n.nspname, c.relname) as name, c.oid, c.relrowsecurity, c.relforcerowsecurity
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where n.nspname = '$service$' and c.relkind in ('r', 'p')
    loop
        -- Only what is missing: either waits for everybody who reads the table, and everybody after for it.
        if not tenant_table.relrowsecurity then
            execute format('alter table %s enable row level security', tenant_table.name);
        end if;
        if not tenant_table.relforcerowsecurity then
            execute format('alter table %s force row level security', tenant_table.name);
        end if;
        if not exists (select from pg_policy where polrelid = tenant_table.oid and polname = 'tenant_isolation') then
            execute format(
                'create policy tenant_isolation on %s using (tenant_id = current_setting(''app.tenant_id'', true))', tenant_table.name);
        end if;
        if not exists (select from pg_policy where polrelid = tenant_table.oid and polname = 'jobs_see_all') then
            execute format('create policy jobs_see_all on %s to $jobs$ using (true) with check (true)', tenant_table.name);
        end if;
    end loop;
end
$$;
