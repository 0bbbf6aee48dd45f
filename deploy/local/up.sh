#!/usr/bin/env bash
# ./cartwright up: everything from a bare machine to a running shop. The parts that need no
# database are done here; then this process becomes the supervisor, or starts it detached.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  export CARTWRIGHT_BEGAN_US=${EPOCHREALTIME/[.,]/}
  parse_options "--port --detach --no-build --products --replicas --tls" "$@"
  ((${#ARGUMENTS[@]} == 0)) || die "up takes no '${ARGUMENTS[0]}'; see ./cartwright help"
  ((WANTED_REPLICAS <= MAX_REPLICAS)) || die "--replicas takes 1 to $MAX_REPLICAS, not $WANTED_REPLICAS"
  make_data_dir
  stop_if_running
  # The supervisor chooses; a wish that cannot be granted is better told before a long build.
  if [[ -n $PORT ]]; then (use_replicas "$WANTED_REPLICAS" && choose_port "$PORT"); fi
  ensure_packages build bookworm-backports run node
  if [[ -z $NO_BUILD ]]; then
    build_targets "${RUN_TARGETS[@]}"
    build_web
    install_seed_packages
  fi
  export CARTWRIGHT_PORT=$PORT CARTWRIGHT_PRODUCTS=$PRODUCTS CARTWRIGHT_REPLICAS=$WANTED_REPLICAS
  export CARTWRIGHT_TLS=$WANTED_TLS
  cd "$ROOT"
  if [[ -n $DETACH ]]; then run_detached; else exec "$LOCAL/steps/supervise.sh"; fi
}

make_data_dir() {
  mkdir -p "$RUN" "$LOG"
  [[ -O $DATA ]] || die "$DATA belongs to $(stat -c %U "$DATA"); run this as that user, or use --data"
}

# An `up` of what is up already is no error: it says where it is.
stop_if_running() {
  if ! find_process supervisor; then return 0; fi
  read_port
  say "Already running: $(shop_url) (supervisor $FOUND_PID)."
  say "After a change: ./cartwright build && ./cartwright restart"
  exit 0
}

run_detached() {
  local log=$LOG/supervisor.log supervisor status=0
  export CARTWRIGHT_DETACHED=1
  touch "$log"
  exec 3<"$log"
  cat <&3 >/dev/null    # what earlier runs said
  setsid "$LOCAL/steps/supervise.sh" </dev/null >>"$log" 2>&1 3<&- &
  supervisor=$!
  # Ctrl-C while it is still starting means: do not start.
  trap 'kill -TERM "$supervisor" 2>/dev/null; wait "$supervisor"; exit 130' INT TERM
  until is_announced "$supervisor"; do
    copy_new_lines
    if ! read_start_time "$supervisor"; then
      wait "$supervisor" || status=$?
      copy_new_lines
      exit $((status ? status : 1))
    fi
    pause 0.05
  done
  copy_new_lines
}

is_announced() {
  [[ -f $RUN/ready && $(<"$RUN/ready") == "$1" ]]
}

# From the supervisor's log, which stays open as file 3, to the screen.
copy_new_lines() {
  local line
  while IFS= read -r line <&3; do say "$line"; done
  if [[ -n $line ]]; then printf '%s' "$line"; fi
}

main "$@"
