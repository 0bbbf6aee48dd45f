-- The bug: what is written is never synced.
ALTER SYSTEM SET fsync = off;
SELECT pg_reload_conf();
