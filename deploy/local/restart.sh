#!/usr/bin/env bash
# ./cartwright restart [PROCESS]: ends it in good order; the supervisor starts it again, with the
# binary that is built by then. Without a name, all but Postgres, one after the other.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

TIMEOUT_S=40

main() {
  local name
  parse_options "" "$@"
  find_process supervisor || die "nothing runs in $DATA; ./cartwright up starts it"
  read_port
  if ((${#ARGUMENTS[@]} == 0)); then ARGUMENTS=("${SERVICE_PROCESSES[@]}" "${GATEWAYS[@]}"); fi
  for name in "${ARGUMENTS[@]}"; do
    is_process "$name" || die "no such process: $name (${PROCESSES[*]})"
  done
  for name in "${ARGUMENTS[@]}"; do restart "$name"; done
}

restart() {
  local name=$1 old='' signal=TERM deadline=$((SECONDS + TIMEOUT_S))
  if find_process "$name"; then old=$FOUND_PID; fi
  if [[ $name == postgres ]]; then signal=INT; fi
  if [[ -n $old ]]; then kill -s "$signal" "$old"; fi
  until find_process "$name" && [[ $FOUND_PID != "$old" ]] && is_ready "$name"; do
    ((SECONDS < deadline)) || die "$name is not ready again after $TIMEOUT_S s; see ./cartwright logs $name"
    pause 0.05
  done
  say "$name restarted (pid $FOUND_PID)"
}

main "$@"
