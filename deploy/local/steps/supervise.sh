#!/usr/bin/env bash
# The supervisor: parent of every process of one shop. Brings the shop up, then starts again
# whatever dies, until it is told to stop (Ctrl-C, TERM from `down`); then stops all of it.
# It holds a lock on the data directory, and everything it starts has a pid file in DATA/run.
# When CARTWRIGHT_OWNER_PID is set, the shop ends when that process does, however it ends: that of a
# test must not outlive it.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"

declare -A CHILD_PID=() STARTED_AT=() DELAY=()
STOP_STATUS=130    # being stopped is success only once the shop was ready
MAX_DELAY_MS=5000
HOPELESS_DELAY_MS=800    # reached by the fourth death in a row; counts only before the shop is ready
MAX_LOG_BYTES=$((64 * 1024 * 1024))

main() {
  hold_lock
  remember_owner
  trap 'exit "$STOP_STATUS"' INT TERM HUP
  trap shut_down EXIT
  stop_orphans
  use_replicas "${CARTWRIGHT_REPLICAS:-1}"
  write_own_pid_file supervisor
  echo "$REPLICAS" >"$RUN/replicas"
  SCHEME=http${CARTWRIGHT_TLS:+s}
  echo "$SCHEME" >"$RUN/scheme"
  rotate_logs
  prepare_failpoints
  start_postgres
  run_step database
  run_step migrate
  run_step seed
  for process in "${SERVICE_PROCESSES[@]}" "${GATEWAYS[@]}"; do
    spawn "$process" 0
  done
  spawn announce 0
  # bash writes a line about every child that is killed, besides what we say ourselves.
  keep_alive 2>>"$LOG/bash.log"
}

# The lock is the run directory itself, so there is no lock file to leave behind.
hold_lock() {
  exec {LOCK_FD}<"$RUN"
  # A helper of a supervisor that was just killed may hold it for a moment more.
  flock -w 2 "$LOCK_FD" || die "another supervisor runs in $DATA"
}

stop_orphans() {
  if anything_left; then
    step "Stopping what a killed supervisor left behind"
  fi
  stop_everything
}

shut_down() {
  local status=$?
  trap '' INT TERM HUP
  if ((${#CHILD_PID[@]})); then step "Stopping"; fi
  stop_everything
  release_ports
  exit "$status"
}

remember_owner() {
  OWNER=${CARTWRIGHT_OWNER_PID:-} OWNER_START=
  [[ -n $OWNER ]] || return 0
  read_start_time "$OWNER" || die "the process $OWNER, which this shop is for, is gone"
  OWNER_START=$START_TIME
}

is_owner_gone() {
  [[ -n $OWNER ]] && ! { read_start_time "$OWNER" && [[ $START_TIME == "$OWNER_START" ]]; }
}

# Where tests arm the failpoints of this shop (shared/failpoint).
prepare_failpoints() {
  ((${#FAILPOINT_SERVICES[@]})) || return 0
  export CARTWRIGHT_FAILPOINT_DIR=${CARTWRIGHT_FAILPOINT_DIR:-$DATA/failpoints}
  mkdir -p "$CARTWRIGHT_FAILPOINT_DIR"
}

# spawn NAME DELAY_MS: a child in a session of its own, without our lock. A delay is spent in the
# child, so that the supervisor goes on watching the others meanwhile.
spawn() {
  local name=$1 delay=$2
  (
    trap - INT TERM HUP EXIT
    exec {LOCK_FD}<&- </dev/null
    write_own_pid_file "$name"
    if ((delay)); then pause "$((delay / 1000)).$(printf %03d $((delay % 1000)))"; fi
    if is_process "$name"; then
      command_of "$name"
      exec "${COMMAND[@]}" >>"$LOG/$name.log" 2>&1
    fi
    exec setsid setpriv --pdeathsig TERM -- "$LOCAL/steps/$name.sh"
  ) &
  CHILD_PID[$name]=$!
  STARTED_AT[$name]=$(now_ms)
  DELAY[$name]=$delay
}

now_ms() {
  echo "$((${EPOCHREALTIME/[.,]/} / 1000))"
}

# run_step NAME: one part of the start that has to be over before the next.
run_step() {
  local status=0
  spawn "$1" 0
  wait "${CHILD_PID[$1]}" || status=$?
  unset "CHILD_PID[$1]"
  rm -f "$RUN/$1.pid"
  ((status == 0)) || die "the start stops here: $1 failed"
}

# No other shop takes our ports, but a program that is none may, between our look at them and our use. The other
# reason to try again is a killed Postgres whose last processes are still letting go of the data.
start_postgres() {
  local wanted=$PORT attempts=0
  while ((++attempts <= 40)); do
    reserve_ports "$wanted"
    echo "$PORT" >"$RUN/port"
    ensure_secrets
    write_database_urls
    ensure_tls
    ensure_cluster
    clear_stale_postmaster_pid
    spawn postgres 0
    if wait_for_postgres; then return 0; fi
    wait "${CHILD_PID[postgres]}" || true
    pause 0.25
  done
  tail -n 5 "$LOG/postgres.log" >&2
  die "Postgres does not start; see $LOG/postgres.log"
}

# Recovery after a crash can take a while; as long as Postgres lives, it is waited for.
wait_for_postgres() {
  until is_postgres_ready "${CHILD_PID[postgres]}"; do
    find_process postgres || is_starting postgres || return 1
    pause 0.02
  done
}

# The pid file is written by the child, so it may not be there at the very first look.
is_starting() {
  read_start_time "${CHILD_PID[$1]}"
}

# Looks at every child ten times a second, which costs no fork. `wait -n` would be the natural
# way, but bash 5.2 forgets children when several die at once. No zombie stays: bash collects its
# children by itself and keeps their statuses for `wait`.
keep_alive() {
  local name tick
  exec {tick}<> <(:)
  while true; do
    read -rt 0.1 -u "$tick" || true
    if is_owner_gone; then exit; fi
    for name in "${!CHILD_PID[@]}"; do
      if [[ ! -e /proc/${CHILD_PID[$name]} ]]; then child_ended "$name"; fi
    done
  done
}

child_ended() {
  local name=$1 status=0
  wait "${CHILD_PID[$name]}" 2>/dev/null || status=$?
  unset "CHILD_PID[$name]"
  if [[ $name == announce ]]; then
    rm -f "$RUN/announce.pid"
    ((status == 0)) || exit 1    # it has said why
    STOP_STATUS=0
    return 0
  fi
  restart "$name" "$(how_it_ended "$status")"
}

how_it_ended() {
  if (($1 == 0)); then
    echo "ended"
  elif (($1 > 128)); then
    echo "died (signal $(($1 - 128)))"
  else
    echo "died (status $1)"
  fi
}

# At once, unless it lived for less than a second: then with a growing delay, so that a process
# that cannot start does not eat the machine.
restart() {
  local name=$1 ended=$2 lived_ms delay=0
  lived_ms=$(($(now_ms) - STARTED_AT[$name] - DELAY[$name]))
  if ((lived_ms < 1000)); then
    delay=$((DELAY[$name] ? DELAY[$name] * 2 : 100))
    if ((delay > MAX_DELAY_MS)); then delay=$MAX_DELAY_MS; fi
    ended+=" after $lived_ms ms"
  fi
  if ((STOP_STATUS && delay >= HOPELESS_DELAY_MS)); then
    say "${RED}$name $ended, again and again; the start stops here$PLAIN"
    show_last_words "$name"
    exit 1
  fi
  if [[ $name == postgres ]]; then
    end_orphans
    clear_stale_postmaster_pid
  fi
  spawn "$name" "$delay"
  if ((delay)); then
    report "$name $ended, restarts in $delay ms (./cartwright logs $name)"
  else
    report "$name $ended, restarted (pid ${CHILD_PID[$name]})"
  fi
}

report() {
  say "$(printf '%(%T)T') $YELLOW$1$PLAIN"
}

rotate_logs() {
  local log
  for log in "$LOG"/*.log; do
    if [[ -f $log && $(stat -c %s "$log") -gt $MAX_LOG_BYTES ]]; then mv -f "$log" "$log.1"; fi
  done
}

main
