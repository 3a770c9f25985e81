-- While statistics say that hardly anything waits, this index seemed to be a shorter way to a row than its key, and each claim read all that
-- waited of the tenant. What waits of one user is found by notification_history_of_user.
drop index $service$.notification_history_waiting;
