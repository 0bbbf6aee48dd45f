#!/usr/bin/env bash
# ./cartwright psql [SERVICE] [psql options]: as the owner of the service's schema, who sees what
# the service sees; without a service as superuser.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  local service
  parse_options passthrough "$@"
  read_port
  set -- "${ARGUMENTS[@]}"
  if (($#)) && [[ $1 != -* ]]; then
    service=$1
    is_service "$service" || die "no such service: $service (${SERVICES[*]})"
    role_psql "${service}_owner" "${@:2}"
  else
    superuser_psql "$@"
  fi
}

main "$@"
