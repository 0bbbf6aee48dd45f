#!/usr/bin/env bash
# ./cartwright status: one line per process. Exit status 0 when all of them are ready.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  local process all_ready=0
  parse_options "" "$@"
  if ! find_process supervisor; then
    if anything_left; then
      say "The supervisor was killed; ./cartwright down or up cleans up what it left behind."
    else
      say "Nothing runs in $DATA."
    fi
    exit 1
  fi
  read_port
  say "$BOLD$(shop_url)$PLAIN   data $DATA   supervisor $FOUND_PID"
  for process in "${PROCESSES[@]}"; do
    print_process "$process" || all_ready=1
  done
  exit "$all_ready"
}

print_process() {
  local name=$1 pid=- age=- state="${RED}not running$PLAIN" ready=1
  if find_process "$name"; then
    pid=$FOUND_PID
    age=$(ps -o etime= -p "$pid" | tr -d ' ') || true
    state="${YELLOW}not ready$PLAIN"
    if is_ready "$name"; then state="${GREEN}ready$PLAIN" ready=0; fi
  fi
  say "$(printf '  %-10s pid %-8s up %-11s %-38s' "$name" "$pid" "$age" "$(addresses_of "$name")")$state"
  return "$ready"
}

addresses_of() {
  case $1 in
    postgres) echo "127.0.0.1:$(postgres_port)" ;;
    gateway*) echo "$SCHEME :$(main_port "$1")  ops :$(ops_port "$1")" ;;
    *) echo "grpc :$(main_port "$1")  ops :$(ops_port "$1")" ;;
  esac
}

main "$@"
