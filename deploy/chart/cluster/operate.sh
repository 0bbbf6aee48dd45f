#!/usr/bin/env bash
# operate.sh audit|psql|seed [ARGUMENT...]: what `./cartwright` is, for the shop that check.sh or operators.sh has installed. Runs
# in the cluster's network (cluster.sh exec).
# shellcheck source=../../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../local/lib/launcher.sh"

main() {
  local step=${1:-}
  case $step in
    audit | psql) exec "$LOCAL/$step.sh" "${@:2}" ;;
    seed)
      "$LOCAL/steps/seed.sh"
      exec "$LOCAL/steps/demo_users.sh"
      ;;
    *) die "operate.sh takes audit, psql or seed, not '$step'" ;;
  esac
}

main "$@"
