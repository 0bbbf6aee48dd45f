# Which Compose there is, and what both of its versions lack.
# shellcheck shell=bash
# shellcheck disable=SC2034  # COMPOSE is what the callers use

# Version 2 is a part of docker, version 1 a program of its own.
COMPOSE=(docker compose)
if ! docker compose version &>/dev/null; then COMPOSE=(docker-compose); fi

# is_healthy SERVICE: all of its containers, and there is one.
is_healthy() {
  local -a containers
  mapfile -t containers < <("${COMPOSE[@]}" ps --quiet "$1")
  ((${#containers[@]})) &&
    ! docker inspect --format '{{.State.Health.Status}}' "${containers[@]}" | grep -vqx healthy
}
