#!/usr/bin/env bash
# setup.sh secrets|database|seed|audit|psql [ARGUMENT...]: the one-shot services of docker-compose.yml, and
# what an operator asks of that shop. The launcher's own steps, in a directory of their own.
#
#   secrets    certificates, passwords and keys, once; each process gets its own and nothing else
#   database   roles, schemas and rights
#   seed       the demo catalog and the demo users, in a shop that serves
#   audit      every rule about the data
set -euo pipefail
export CARTWRIGHT_DATA=/var/lib/cartwright/data
export CARTWRIGHT_POSTGRES_HOST=postgres CARTWRIGHT_POSTGRES_PORT=5432
export CARTWRIGHT_POSTGRES_TLS='sslmode=verify-full&sslrootcert=/etc/cartwright/tls/ca.crt'
export CARTWRIGHT_SHOP=http://gateway:8080
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"

OUT=/var/lib/cartwright/out

main() {
  local step=${1:-}
  mkdir -p "$RUN" "$LOG"
  echo 8080 >"$RUN/port"
  # For psql.
  export PGSSLMODE=verify-full PGSSLROOTCERT=$TLS/ca.crt
  case $step in
    secrets) make_secrets ;;
    # Always: a restore may have brought back roles and passwords of another time.
    database) rm -f "$STAMPS/database" && exec "$LOCAL/steps/database.sh" ;;
    seed) seed ;;
    audit | psql) exec "$LOCAL/$step.sh" "${@:2}" ;;
    *) die "setup takes secrets, database, seed, audit or psql, not '$step'" ;;
  esac
}

make_secrets() {
  local service
  ensure_secrets
  write_database_urls
  ensure_tls
  if ! is_certificate_good postgres; then make_certificate postgres; fi
  for service in "${SERVICES[@]}"; do
    give_certificate "$service"
    give "$SECRETS/${service}_app.url" "$service/database/url"
    give "$SECRETS/${service}_owner.url" "migrate-$service/database/url"
    give "$TLS/ca.crt" "migrate-$service/tls/ca.crt"
  done
  for service in catalog order wallet; do
    give "$SECRETS/${service}_page_token.key" "$service/keys/page_token.key"
  done
  for name in key_encryption password_pepper; do give "$SECRETS/$name.key" "identity/keys/$name.key"; done
  give_certificate gateway
  give_certificate postgres
  give "$SECRETS/postgres.password" postgres/postgres.password
  give_key_of_backups
  give "$TLS/ca.crt" authority/tls/ca.crt
}

give_certificate() {
  give "$TLS/$1.crt" "$1/tls/tls.crt"
  give "$TLS/$1.key" "$1/tls/tls.key"
  give "$TLS/ca.crt" "$1/tls/ca.crt"
}

# As a file of pgbackrest's, which reads it from nowhere else but the environment.
give_key_of_backups() {
  local holder
  ensure_secret backups.key
  write_private "$SECRETS/backups.conf" "[global]
repo1-cipher-pass=$(<"$SECRETS/backups.key")"
  for holder in postgres backup; do give "$SECRETS/backups.conf" "$holder/pgbackrest/key.conf"; done
}

# give FILE PLACE: into the volume that PLACE begins with.
give() {
  install -D -m 400 "$1" "$OUT/$2.new"
  mv -f "$OUT/$2.new" "$OUT/$2"
}

seed() {
  "$LOCAL/steps/seed.sh"
  exec "$LOCAL/steps/demo_users.sh"
}

main "$@"
