-- The bug: an answer does not wait for the disk.
ALTER SYSTEM SET synchronous_commit = off;
ALTER SYSTEM SET wal_writer_delay = '10s';
SELECT pg_reload_conf();
