#!/usr/bin/env bash
# Waits until every process says that it is ready, makes the demo users once, and tells people
# where the shop is and what to try.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"

READY_TIMEOUT_S=60

main() {
  read_port
  wait_until_ready
  if [[ ! -f $STAMPS/demo-users ]]; then "$LOCAL/steps/demo_users.sh" || true; fi
  say
  say "${GREEN}${BOLD}Cartwright is ready$PLAIN$(seconds_taken)"
  say
  say "    shop         $BOLD$(shop_url)$PLAIN"
  say "    demo login   ada@example.com  $DEMO_PASSWORD   (also grace@, linus@ and admin@example.com)"
  say
  say "Try next$(data_hint):"
  say "    curl -s$(ca_hint) '$(shop_url)/api/products?query=chair&pageSize=3' | jq ."
  say "    ./cartwright status            what runs where"
  say "    ./cartwright logs -f order     follow a service"
  say "    ./cartwright psql wallet       look into its schema"
  say "    kill -9 any process of it, Postgres too, and see it come back"
  say
  if [[ -n ${CARTWRIGHT_DETACHED:-} ]]; then
    say "It runs in the background; ./cartwright down stops it."
  else
    say "Ctrl-C stops it."
  fi
  echo "$PPID" >"$RUN/ready"
}

wait_until_ready() {
  local deadline=$((SECONDS + READY_TIMEOUT_S)) waiting
  until waiting=$(unready_processes) && [[ -z $waiting ]]; do
    if ((SECONDS >= deadline)); then
      for process in $waiting; do show_last_words "$process"; done
      die "not ready after $READY_TIMEOUT_S s: $waiting"
    fi
    pause 0.05
  done
}

# The other subcommands have to be told of another data directory, too.
data_hint() {
  if [[ $DATA != "$ROOT/.local" ]]; then printf ' (with --data %q, or CARTWRIGHT_DATA)' "$DATA"; fi
}

ca_hint() {
  if [[ $SCHEME == https ]]; then printf ' --cacert %q' "$TLS/ca.crt"; fi
}

seconds_taken() {
  [[ -n ${CARTWRIGHT_BEGAN_US:-} ]] || return 0
  local taken_ms=$(((${EPOCHREALTIME/[.,]/} - CARTWRIGHT_BEGAN_US) / 1000))
  printf ' after %d.%d s' $((taken_ms / 1000)) $((taken_ms % 1000 / 100))
}

main
