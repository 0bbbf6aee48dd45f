#!/usr/bin/env bash
# The chart of the database makes the same schemas and roles as the launcher: compares its copy of the
# statements with those of the launcher, or writes it.
#
#   deploy/chart/database_sql.sh [--write]
#   deploy/chart/database_sql.sh --managed     prints them for a server whose administrator is no superuser
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # settings.sh reads it
ROOT=$(cd "$here/../.." && pwd -P)
copy=$ROOT/k8s/data/files/schemas.sql
# shellcheck source=../local/lib/settings.sh
source "$ROOT/deploy/local/lib/settings.sh"
# shellcheck source=../local/lib/database_sql.sh
source "$ROOT/deploy/local/lib/database_sql.sh"

# Other databases are the operator's own: its replicas and its metrics connect there, and by pg_hba.conf nobody else.
content() {
  echo "-- Schemas and roles of the shop, in the database cartwright. Made by deploy/chart/database_sql.sh --write."
  echo "REVOKE ALL ON DATABASE cartwright FROM PUBLIC;"
  # Of which the operator's exporter is a member; alerts are made of what it sees there.
  echo "GRANT CONNECT ON DATABASE cartwright TO pg_monitor;"
  schemas_sql
}

# Such an administrator may not name attributes that only superusers have, not even to deny them, and must be a member of a
# role to give it a schema. A new role has none of them.
managed() {
  content | sed -E -e 's/ NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS//' \
    -e 's/^CREATE SCHEMA IF NOT EXISTS .* AUTHORIZATION (.*);/GRANT \1 TO CURRENT_USER;\n&/'
}

if [[ ${1:-} == --managed ]]; then
  managed
elif [[ ${1:-} == --write ]]; then
  content >"$copy"
else
  diff -u "$copy" <(content) ||
    { echo "$copy is not what the launcher runs; deploy/chart/database_sql.sh --write" >&2 && exit 1; }
fi
