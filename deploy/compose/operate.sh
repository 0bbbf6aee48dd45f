#!/usr/bin/env bash
# operate.sh COMMAND [ARGUMENT...]: for the shop of docker-compose.yml.
#
#   audit, psql        as ./cartwright audit and ./cartwright psql
#   backup             a backup now, beside that of every day
#   backups            those that there are, and the moments that one can go back to
#   restore [TIME]     stops the shop and starts it again with the data of TIME, as `date` understands it (in the time
#                      zone of this machine, unless it names one); without TIME, with all that was archived
#   put-back           stops the shop and starts it again with the data that the last restore has kept
#   discard            removes what restores have kept
#   rehearse           restores beside the shop that sells, reads every row, and removes that again
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=lib.sh
source deploy/compose/lib.sh
SCRIPTS=/src/deploy/compose
PATIENCE_S=300

main() {
  case ${1:-} in
    backup) "${COMPOSE[@]}" exec -T backup "$SCRIPTS/backup.sh" now ;;
    backups) with_data backup.sh list ;;
    restore) restore "${2:-}" ;;
    put-back) exchange put-back ;;
    discard | rehearse) with_data restore.sh "$1" ;;
    # What Compose says about its containers goes elsewhere than the answer.
    *) "${COMPOSE[@]}" run --rm -T --no-deps database "$@" ;;
  esac
}

# with_data SCRIPT [ARGUMENT...]: in a container that has what Postgres has.
with_data() { "${COMPOSE[@]}" run --rm -T --no-deps --entrypoint "$SCRIPTS/$1" postgres "${@:2}"; }

restore() {
  local time=
  if [[ -n $1 ]]; then
    time=$(date -u -d "$1" '+%F %T.%6N+00')
  fi
  echo "Restoring ${time:-all that was archived}"
  # Recovery knows that it has passed a moment by a commit after it.
  "${COMPOSE[@]}" exec -T postgres psql -qX -h /var/lib/cartwright/postgres/socket -U postgres \
    -c 'SELECT pg_current_xact_id()' &>/dev/null || true
  exchange restore "$time"
}

# exchange WORD [ARGUMENT...]: the whole shop stops, so that nobody buys what will be gone.
exchange() {
  local start=$SECONDS end count service
  # As many of each as there were, and no demo data but those that come back: everybody knows the passwords of their users.
  local -a scale=(--scale seed=0)
  for service in identity catalog cart order wallet; do
    count=$("${COMPOSE[@]}" ps --quiet "$service" | wc -l)
    scale+=(--scale "$service=$((count > 0 ? count : 1))")
  done
  "${COMPOSE[@]}" stop
  with_data restore.sh "$@" || {
    echo "The data are as they were; '${COMPOSE[*]} up --detach' starts the shop with them." >&2
    exit 1
  }
  "${COMPOSE[@]}" up --detach --no-build postgres backup
  # Nobody sells before there is a backup to go back to: without it, the next restore would go back to the data that
  # have just been left.
  "${COMPOSE[@]}" exec -T backup "$SCRIPTS/backup.sh" now || {
    echo "There is no backup of these data, and the shop was not started; '${COMPOSE[*]} up --detach' does." >&2
    exit 1
  }
  "${COMPOSE[@]}" up --detach --no-build "${scale[@]}"
  end=$((SECONDS + PATIENCE_S))
  until is_healthy gateway; do
    ((SECONDS < end)) || {
      echo "The gateway is not healthy; '${COMPOSE[*]} ps' shows who is not." >&2
      exit 1
    }
    sleep 0.5
  done
  echo "The shop was away for $((SECONDS - start)) s"
  "${COMPOSE[@]}" run --rm -T --no-deps database audit || {
    echo "The audit finds fault with these data; 'operate.sh put-back' goes back to those of before." >&2
    exit 1
  }
}

main "$@"
