# Stopping what runs, in the order that loses nothing: no new requests, then no work, then no
# database. Works from the pid files alone, so that it serves the supervisor and, when the
# supervisor itself was killed, the next `up` or `down`.
# shellcheck shell=bash

# Short-lived helpers of a start, the ones that a stop may meet half-way.
STEPS=(database migrate seed announce)

stop_everything() {
  stop_group TERM 3 "${STEPS[@]}"
  stop_group TERM 15 "${GATEWAYS[@]}"
  stop_group TERM 15 "${SERVICE_PROCESSES[@]}"
  # INT is Postgres's fast shutdown: open sessions are cut, everything committed is on disk.
  stop_group INT 30 postgres
  rm -f "$RUN"/*
}

# stop_group SIGNAL SECONDS NAME...: asks all of them at once, waits, then kills what is left.
stop_group() {
  local signal=$1 deadline=$((SECONDS + $2)) name
  shift 2
  for name in "$@"; do signal_process "$signal" "$name"; done
  for name in "$@"; do
    while find_process "$name"; do
      if ((SECONDS >= deadline)); then
        say "${YELLOW}$name did not stop in time and is killed$PLAIN"
        signal_process KILL "$name"
      fi
      pause 0.02
    done
    rm -f "$RUN/$name.pid"
  done
}

# A step is a script with children: the signal goes to its whole process group.
signal_process() {
  local signal=$1 name=$2 target
  find_process "$name" || return 0
  target=$FOUND_PID
  if [[ " ${STEPS[*]} " == *" $name "* ]]; then target=-$FOUND_PID; fi
  kill -s "$signal" -- "$target" 2>/dev/null || true
}

anything_left() {
  local name
  for name in "${PROCESSES[@]}" "${STEPS[@]}"; do
    find_process "$name" && return 0
  done
  return 1
}
