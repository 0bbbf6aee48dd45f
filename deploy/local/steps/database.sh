#!/usr/bin/env bash
# Roles, schemas and rights: one database, a schema per service, two roles per service, and nobody
# else. The statements can be run again; they are, whenever they or a password have changed.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"
# shellcheck source=../lib/database_sql.sh
source "$LOCAL/lib/database_sql.sh"

main() {
  local sql sum
  read_port
  sql=$(
    database_sql
    schemas_sql
    for service in "${SERVICES[@]}"; do
      password_sql "${service}_owner"
      password_sql "${service}_app"
    done
  )
  sum=$(sha256sum <<<"$sql")
  if [[ -f $STAMPS/database && $(<"$STAMPS/database") == "$sum" ]]; then return 0; fi
  step "Creating roles and schemas"
  superuser_psql -q -d postgres -v ON_ERROR_STOP=1 <<<"$sql"
  mkdir -p "$STAMPS"
  echo "$sum" >"$STAMPS/database"
}

database_sql() {
  cat <<'SQL'
SET client_min_messages = warning;
SELECT 'CREATE DATABASE cartwright'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cartwright') \gexec
REVOKE ALL ON DATABASE cartwright, postgres, template1 FROM PUBLIC;
\connect cartwright
SQL
}

password_sql() {
  echo "ALTER ROLE $1 LOGIN PASSWORD '$(<"$SECRETS/$1.password")';"
}

main
