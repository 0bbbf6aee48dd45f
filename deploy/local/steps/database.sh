#!/usr/bin/env bash
# Roles, schemas and rights: one database, a schema per service, two roles per service, and nobody
# else. The statements can be run again; they are, whenever they or a password have changed.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"

main() {
  local sql sum
  read_port
  sql=$(
    database_sql
    for service in "${SERVICES[@]}"; do service_sql "$service"; done
  )
  sum=$(sha256sum <<<"$sql")
  if [[ -f $STAMPS/database && $(<"$STAMPS/database") == "$sum" ]]; then return 0; fi
  step "Creating roles and schemas"
  superuser_psql -q -d postgres -v ON_ERROR_STOP=1 <<<"$sql"
  mkdir -p "$STAMPS"
  echo "$sum" >"$STAMPS/database"
}

# By default every role may connect to every database, make temporary tables and use `public`.
database_sql() {
  cat <<'SQL'
SET client_min_messages = warning;
SELECT 'CREATE DATABASE cartwright'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cartwright') \gexec
REVOKE ALL ON DATABASE cartwright, postgres, template1 FROM PUBLIC;
\connect cartwright
SET client_min_messages = warning;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS extensions;
GRANT USAGE ON SCHEMA extensions TO PUBLIC;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
SQL
}

# Tables are granted to the app role by the migration that makes them: nothing by default. It waits
# for a lock for less than the 800 ms that a participant of the saga has: longer keeps a worker from
# others, for a caller that has given up.
service_sql() {
  local service=$1 schema path
  schema=$(schema_of "$service")
  path=$schema
  # Trigram search is the catalog's alone.
  if [[ $service == catalog ]]; then path="$schema, extensions"; fi
  cat <<SQL
$(role_sql "${service}_owner" "$path" 2s 6)
$(role_sql "${service}_app" "$path" 700ms 48)
$(serving_sql "${service}")
CREATE SCHEMA IF NOT EXISTS $schema AUTHORIZATION ${service}_owner;
GRANT USAGE ON SCHEMA $schema TO ${service}_app;
SQL
}

# What a worker does for a caller that has given up is wasted. Every statement of cart, order and
# wallet finds its rows by a key; a plan that was made while the tables were empty, and kept, must not
# read all of them when they are full.
serving_sql() {
  local role=${1}_app
  cat <<SQL
ALTER ROLE $role SET statement_timeout = '2s';
SQL
  if [[ $1 =~ ^(cart|order|wallet)$ ]]; then echo "ALTER ROLE $role SET enable_seqscan = off;"; fi
}

# The limits of all roles together leave room below max_connections: a service that leaks connections
# starves itself alone.
role_sql() {
  local role=$1 search_path=$2 lock_timeout=$3 connections=$4
  cat <<SQL
SELECT 'CREATE ROLE $role' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$role') \gexec
ALTER ROLE $role LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT $connections PASSWORD '$(<"$SECRETS/$role.password")';
ALTER ROLE $role SET search_path = $search_path;
ALTER ROLE $role SET lock_timeout = '$lock_timeout';
ALTER ROLE $role SET idle_in_transaction_session_timeout = '5s';
GRANT CONNECT ON DATABASE cartwright TO $role;
SQL
}

main
