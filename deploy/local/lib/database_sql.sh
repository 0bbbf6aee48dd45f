# The statements that make the database: schemas, and two roles per service, without their passwords. They
# can be run again. The launcher runs them, and the chart of the database carries them
# (deploy/chart/database_sql.sh).
# shellcheck shell=bash

# How many connections each role may have. All of them together leave room below max_connections: a
# service that leaks connections starves itself alone.
OWNER_CONNECTIONS=6
APP_CONNECTIONS=48

# By default every role may connect to every database, make temporary tables and use `public`.
schemas_sql() {
  local service
  cat <<'SQL'
SET client_min_messages = warning;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS extensions;
GRANT USAGE ON SCHEMA extensions TO PUBLIC;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
SQL
  for service in "${SERVICES[@]}"; do service_sql "$service"; done
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
  role_sql "${service}_owner" "$path" 2s "$OWNER_CONNECTIONS"
  role_sql "${service}_app" "$path" 700ms "$APP_CONNECTIONS"
  serving_sql "$service"
  cat <<SQL
CREATE SCHEMA IF NOT EXISTS $schema AUTHORIZATION ${service}_owner;
GRANT USAGE ON SCHEMA $schema TO ${service}_app;
SQL
}

# What a worker does for a caller that has given up is wasted. Every statement of cart, order and
# wallet finds its rows by a key; a plan that was made while the tables were empty, and kept, must not
# read all of them when they are full.
serving_sql() {
  local role=${1}_app
  echo "ALTER ROLE $role SET statement_timeout = '2s';"
  if [[ $1 =~ ^(cart|order|wallet)$ ]]; then echo "ALTER ROLE $role SET enable_seqscan = off;"; fi
}

role_sql() {
  local role=$1 search_path=$2 lock_timeout=$3 connections=$4
  cat <<SQL
DO \$\$ BEGIN CREATE ROLE $role; EXCEPTION WHEN duplicate_object THEN NULL; END \$\$;
ALTER ROLE $role NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT $connections;
ALTER ROLE $role SET search_path = $search_path;
ALTER ROLE $role SET lock_timeout = '$lock_timeout';
ALTER ROLE $role SET idle_in_transaction_session_timeout = '5s';
GRANT CONNECT ON DATABASE cartwright TO $role;
SQL
}
