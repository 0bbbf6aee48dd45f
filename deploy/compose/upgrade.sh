#!/usr/bin/env bash
# upgrade.sh TAG [--rollback]: brings the running shop of docker-compose.yml to the images with that tag: a backup, secrets that
# are new, Postgres if its image has changed, the schema, then one process after the other, each healthy before the next; then
# every rule about the data is looked at. The first step that fails ends it, and what runs goes on. --rollback is for a tag from
# before: it leaves the database as it is, and goes the other way round.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=lib.sh
source deploy/compose/lib.sh

SERVICES=(identity catalog cart order wallet)
PATIENCE_S=120

main() {
  local tag=${1:-} way=${2:-} process service
  [[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*$ ]] || fail "TAG must be that of images, not '$tag'"
  [[ -z $way || $way == --rollback ]] || fail "there is no '$way'"
  export CARTWRIGHT_TAG=$tag
  for process in "${SERVICES[@]}" gateway setup postgres; do
    docker image inspect "cartwright/$process:$tag" &>/dev/null || fail "there is no cartwright/$process:$tag"
  done
  # Identity comes before the gateway, which asks it for keys.
  local -a order=("${SERVICES[@]}" gateway)
  if [[ $way == --rollback ]]; then
    order=(gateway wallet order cart catalog identity)
  else
    # Not in the upgrade that brings backups.
    if [[ $("${COMPOSE[@]}" ps --quiet backup) ]]; then deploy/compose/operate.sh backup; fi
    run_step secrets
    for process in postgres backup; do replace "$process"; done
    run_step database
    for service in "${SERVICES[@]}"; do run_step "migrate-$service"; done
  fi
  for process in "${order[@]}"; do replace "$process"; done
  deploy/compose/operate.sh audit
  echo "The shop runs $tag. Compose has to hear of it from now on: export CARTWRIGHT_TAG=$tag, or a line in .env."
}

fail() {
  echo "upgrade.sh: $*" >&2
  exit 1
}

run_step() {
  echo "$1" >&2
  "${COMPOSE[@]}" run --rm -T --no-deps "$1" || fail "$1 failed; no service was replaced"
}

# As many of it as there were.
replace() {
  local count end
  count=$("${COMPOSE[@]}" ps --quiet "$1" | wc -l)
  echo "$1" >&2
  "${COMPOSE[@]}" up --detach --no-deps --no-build --scale "$1=$((count > 0 ? count : 1))" "$1"
  end=$((SECONDS + PATIENCE_S))
  until is_healthy "$1"; do
    ((SECONDS < end)) || fail "$1 is not healthy after $PATIENCE_S s; the processes before it run $CARTWRIGHT_TAG already"
    sleep 0.5
  done
}

main "$@"
