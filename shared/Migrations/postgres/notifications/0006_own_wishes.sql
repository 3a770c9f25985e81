-- When the user saved his wishes himself; until then what Users tells about him holds.
alter table $service$.user_notification_preferences add column saved_at timestamptz;
