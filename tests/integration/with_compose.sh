#!/usr/bin/env bash
# with_compose.sh COMMAND...: runs a command against the shop of docker-compose.yml, in a project of its own
# that is gone afterwards. The images are those that deploy/images/build.sh has made. Prints SKIP and why,
# and succeeds, where there is no engine or there are no images.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=../../deploy/compose/lib.sh
source deploy/compose/lib.sh
export COMPOSE_PROJECT_NAME=cartwright-test-$$
export CARTWRIGHT_LAUNCHER=$PWD/deploy/compose/operate.sh
# All clients of a test have one address, and people's limits are not for them.
export CARTWRIGHT_RATE_LIMITS=${CARTWRIGHT_RATE_LIMITS-off}
# The engine chooses a free port.
export CARTWRIGHT_PORT=0

main() {
  if ! timeout 20 docker info &>/dev/null || ! command -v "${COMPOSE[0]}" >/dev/null; then
    echo "SKIP compose: no engine, or no Compose, answers here"
    exit 0
  fi
  if ! docker image inspect "cartwright/gateway:${CARTWRIGHT_TAG:-dev}" &>/dev/null; then
    echo "SKIP compose: there are no images; deploy/images/build.sh makes them"
    exit 0
  fi
  trap finish EXIT
  trap 'exit 130' INT TERM HUP
  "${COMPOSE[@]}" up --detach --no-build
  SHOP=http://$("${COMPOSE[@]}" port gateway 8080)
  export SHOP=${SHOP/0.0.0.0/127.0.0.1}
  # A gateway that is made anew has the same.
  export CARTWRIGHT_PORT=${SHOP##*:}
  [[ $(docker wait "$("${COMPOSE[@]}" ps --all --quiet seed)") == 0 ]]
  "$@"
}

finish() {
  local status=$?
  if ((status)); then "${COMPOSE[@]}" logs --tail=15 >&2 || true; fi
  "${COMPOSE[@]}" down --volumes --timeout 60
  exit "$status"
}

main "$@"
