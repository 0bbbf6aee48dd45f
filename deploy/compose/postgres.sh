#!/usr/bin/env bash
# The Postgres of docker-compose.yml: makes its cluster once, then becomes the server.
set -euo pipefail
umask 077
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

main() {
  if [[ ! -s $DATA/PG_VERSION ]]; then
    if has_repository; then require_empty_repository; fi
    make_cluster
  fi
  use_settings "$DATA"
  mkdir -p "$SOCKETS"
  exec "$BIN/postgres" -D "$DATA" -c listen_addresses='*' -p 5432 \
    -c ssl=on -c ssl_cert_file="$SECRETS/tls/tls.crt" -c ssl_key_file="$SECRETS/tls/tls.key"
}

# No data, and a repository that knows of some: they were lost, and an empty shop in their place would be taken for
# the real one. Waits, unhealthy, for somebody to decide.
require_empty_repository() {
  local status
  status=$(pgbackrest info --output=json | jq -r '.[0].repo[0].status | "\(.code) \(.message)"' || true)
  # 1: nobody has ever made a backup there.
  if [[ $status == '1 '* ]]; then return 0; fi
  say "There are no data here, but the repository of backups is not empty, or cannot be read: pgbackrest says ${status:-nothing}." \
    "'deploy/compose/operate.sh restore' brings the shop back; whoever wants a new one removes the volume of backups, too." >&2
  trap 'exit 1' INT TERM
  sleep infinity &
  wait "$!"
}

# Made aside and renamed: an interrupted start leaves no half of a cluster.
make_cluster() {
  rm -rf "$DATA.new"
  "$BIN/initdb" --pgdata="$DATA.new" --username=postgres --pwfile="$SECRETS/postgres.password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  mv "$DATA.new" "$DATA"
}

main
