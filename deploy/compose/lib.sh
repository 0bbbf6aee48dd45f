# Which Compose there is.
# shellcheck shell=bash
# shellcheck disable=SC2034  # COMPOSE is what the callers use

# Version 2 is a part of docker, version 1 a program of its own.
COMPOSE=(docker compose)
if ! docker compose version &>/dev/null; then COMPOSE=(docker-compose); fi
