#!/usr/bin/env bash
# Applies the migrations of every service whose migration files have changed since the last time.
# The binaries do it, under the owner role, just as the Kubernetes job does.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"

main() {
  local service failed=
  local -A job=() sum=()
  read_port
  mkdir -p "$STAMPS"
  for service in "${SERVICES[@]}"; do
    sum[$service]=$(checksum_of_migrations "$service")
    if is_migrated "$service" "${sum[$service]}"; then continue; fi
    ((${#job[@]})) || step "Migrating"
    migrate_command "$service"
    "${COMMAND[@]}" &>"$LOG/migrate-$service.log" </dev/null &
    job[$service]=$!
  done
  for service in "${!job[@]}"; do
    if wait "${job[$service]}"; then
      echo "${sum[$service]}" >"$STAMPS/migrate-$service"
    else
      tail -n 20 "$LOG/migrate-$service.log" >&2
      failed+=" $service"
    fi
  done
  [[ -z $failed ]] || die "migrations failed:$failed"
}

checksum_of_migrations() {
  local -a files
  mapfile -t files < <(find "$ROOT/services/$1/migrations" -name '*.sql' 2>/dev/null | sort)
  ((${#files[@]})) || return 0
  cat "${files[@]}" | sha256sum
}

# A service without migrations has nothing to apply.
is_migrated() {
  local stamp=$STAMPS/migrate-$1
  [[ -z $2 || (-f $stamp && $(<"$stamp") == "$2") ]]
}

main
