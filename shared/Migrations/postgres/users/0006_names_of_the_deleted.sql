-- What stands in a deleted account is nothing that anybody could register: neither an address nor a username holds a colon.
update $service$.users
set email = 'deleted:' || id, email_normalized = 'deleted:' || id, username = 'deleted:' || id, username_normalized = 'deleted:' || id
where status = 'deleted';

update $service$.invitations set email_normalized = 'deleted:' || id where email = 'deleted';
