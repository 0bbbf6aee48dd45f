# Asking processes whether they are ready.
# shellcheck shell=bash

# Prints the names of those that are not. Postgres first: without it no other can be.
unready_processes() {
  local process
  for process in "${PROCESSES[@]}"; do is_ready "$process" || printf '%s ' "$process"; done
}

is_ready() {
  find_process "$1" || return 1
  if [[ $1 == postgres ]]; then is_postgres_ready "$FOUND_PID"; else answers_ready "$1"; fi
}

answers_ready() {
  curl -sf --max-time 2 -o /dev/null "http://127.0.0.1:$(ops_port "$1")/readyz"
}
