-- Soon after it is written each notification is claimed, which changes nothing that an index knows. With half of each page left free the row's new copy
-- stays on its page and no index hears of it, also when one statement claims all rows of a page: with groups of a hundred every claim does so, at 70 two
-- in five, at 100 one in twenty. By the time they are sent the first copies are cleared away and the room serves again. A history at rest may take twice
-- its place on disk.
alter table $service$.notification_history set (fillfactor = 50);
