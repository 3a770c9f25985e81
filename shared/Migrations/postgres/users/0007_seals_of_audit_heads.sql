-- Our word that this is the end of the chain: without the key nobody gives an earlier entry out as the last. Null where the last entry is from
-- before, until the next one.
alter table $service$.audit_heads add column seal bytea;
