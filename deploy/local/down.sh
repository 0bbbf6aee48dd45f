#!/usr/bin/env bash
# ./cartwright down: asks the supervisor to stop everything, or does it itself when the supervisor
# was killed and left its children behind.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

# The supervisor's own limits (lib/stop.sh) add up to about this.
SUPERVISOR_TIMEOUT_S=75

main() {
  parse_options "" "$@"
  if find_process supervisor; then
    stop_supervisor
  elif anything_left; then
    step "The supervisor is gone; stopping what it left behind"
    stop_everything
  else
    rm -rf "${RUN:?}"
    say "Nothing runs in $DATA."
    return 0
  fi
  rm -rf "${RUN:?}"
  say "Stopped."
}

stop_supervisor() {
  local supervisor=$FOUND_PID deadline=$((SECONDS + SUPERVISOR_TIMEOUT_S))
  step "Stopping"
  kill -TERM "$supervisor" 2>/dev/null || true
  while find_process supervisor; do
    if ((SECONDS >= deadline)); then
      say "${YELLOW}The supervisor does not answer and is killed$PLAIN"
      kill -KILL "$supervisor" 2>/dev/null || true
      pause 0.2
      stop_everything
    fi
    pause 0.05
  done
}

main "$@"
