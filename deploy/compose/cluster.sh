# The cluster of docker-compose.yml: where it is, and its settings. Sourced by what runs in the image of Postgres.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the places are used by the files that source this one

COMPOSE_FILES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
BIN=/usr/lib/postgresql/15/bin
VOLUME=/var/lib/cartwright/postgres
DATA=$VOLUME/data
SOCKETS=$VOLUME/socket
SECRETS=/etc/cartwright

say() { printf '%s\n' "$*"; }

die() {
  say "$*" >&2
  exit 1
}

# True where there is a repository of backups: who runs the image elsewhere, without a key of one, sees to backups
# in another way.
has_repository() { [[ -d $SECRETS/pgbackrest ]]; }

# use_settings DATA: those of this version, whichever the cluster was made with.
use_settings() {
  local -a parts=("$COMPOSE_FILES/../local/postgres.conf")
  if has_repository; then parts+=("$COMPOSE_FILES/archive.conf"); fi
  cat "${parts[@]}" >"$1/postgresql.conf"
  install -m 600 "$COMPOSE_FILES/pg_hba.conf" "$COMPOSE_FILES/pg_ident.conf" "$1"
}
