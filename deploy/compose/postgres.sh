#!/usr/bin/env bash
# The Postgres of docker-compose.yml: makes its cluster once, then becomes the server.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
bin=/usr/lib/postgresql/15/bin
data=/var/lib/cartwright/postgres/data
secrets=/etc/cartwright

# Made aside and renamed: an interrupted start leaves no half of a cluster.
if [[ ! -s $data/PG_VERSION ]]; then
  rm -rf "$data.new"
  "$bin/initdb" --pgdata="$data.new" --username=postgres --pwfile="$secrets/postgres.password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  mv "$data.new" "$data"
fi
install -m 600 "$here/../local/postgres.conf" "$data/postgresql.conf"
install -m 600 "$here/pg_hba.conf" "$data/pg_hba.conf"
exec "$bin/postgres" -D "$data" -c listen_addresses='*' -p 5432 \
  -c ssl=on -c ssl_cert_file="$secrets/tls/tls.crt" -c ssl_key_file="$secrets/tls/tls.key"
