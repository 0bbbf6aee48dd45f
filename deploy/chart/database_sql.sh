#!/usr/bin/env bash
# The chart of the database makes the same schemas and roles as the launcher: compares its copy of the
# statements with those of the launcher, or writes it.
#
#   deploy/chart/database_sql.sh [--write]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # settings.sh reads it
ROOT=$(cd "$here/../.." && pwd -P)
copy=$ROOT/k8s/data/files/schemas.sql
# shellcheck source=../local/lib/settings.sh
source "$ROOT/deploy/local/lib/settings.sh"
# shellcheck source=../local/lib/database_sql.sh
source "$ROOT/deploy/local/lib/database_sql.sh"

content() {
  echo "-- Schemas and roles of the shop, in the database cartwright. Made by deploy/chart/database_sql.sh --write."
  echo "REVOKE ALL ON DATABASE cartwright, postgres, template1 FROM PUBLIC;"
  schemas_sql
}

if [[ ${1:-} == --write ]]; then
  content >"$copy"
else
  diff -u "$copy" <(content) ||
    { echo "$copy is not what the launcher runs; deploy/chart/database_sql.sh --write" >&2 && exit 1; }
fi
