-- A key is published before it signs, so that whoever keeps our keys for some minutes knows it in time. Null: from its making on.
alter table $service$.signing_keys add column signs_from timestamptz;

-- What an invitation tells stays when its role is deleted.
alter table $service$.invitations add column role_name text;
update $service$.invitations i set role_name = r.name
from $service$.roles r where r.tenant_id = i.tenant_id and r.id = i.role_id;
alter table $service$.invitations
    alter column role_name set not null,
    alter column role_id drop not null,
    drop constraint invitations_tenant_id_role_id_fkey,
    add foreign key (tenant_id, role_id) references $service$.roles (tenant_id, id) on delete set null (role_id);

-- The chain begins at 1: nothing can be put before its beginning.
alter table $service$.audit_log add constraint audit_log_begins_at_one check (seq > 0);
