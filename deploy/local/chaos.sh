#!/usr/bin/env bash
# ./cartwright chaos [--minutes N] [--seed S] [--rate R] [--replicas N]: load and faults against a shop of
# its own, until the time is up or somebody finds something (tests/chaos).
# ./cartwright chaos --exhaustive [--seconds N] [--seed S] [--twice]: every failpoint x what can happen
# there, or those that docs/reliability.md names and a sample, as long as is said; with --twice, what mends
# a fault is killed as well.
# ./cartwright chaos --controls [WORDS]: the bugs that must not go unnoticed.
# ./cartwright chaos --powerloss: the power goes under load, on a disk that forgets.
# With failpoints, unless another preset is asked for.
export CARTWRIGHT_PRESET=${CARTWRIGHT_PRESET:-chaos}
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  local -a words=()
  parse_options "passthrough --replicas" "$@"
  ensure_packages build bookworm-backports run node test
  build_targets "${RUN_TARGETS[@]}" bin/controls/cartwright-order-unavailable-is-refusal
  install_seed_packages
  if [[ ${ARGUMENTS[0]:-} == --controls ]]; then
    export CARTWRIGHT_PRESET=$PRESET
    exec "$ROOT/tests/chaos/controls/controls.sh" "${ARGUMENTS[@]:1}"
  fi
  if [[ ${ARGUMENTS[0]:-} == --powerloss ]]; then
    exec "$ROOT/tests/chaos/powerloss/powerloss.sh"
  fi
  # Two of everything, unless one is asked for.
  if ((WANTED_REPLICAS == 1)) && [[ " $* " != *" --replicas"* ]]; then WANTED_REPLICAS=2; fi
  export REPLICAS=$WANTED_REPLICAS
  if [[ ${ARGUMENTS[0]:-} == --exhaustive ]]; then
    # One lease is waited for whenever a process stands still.
    export CARTWRIGHT_SAGA_LEASE_MS=${CARTWRIGHT_SAGA_LEASE_MS:-1500}
    exec "$ROOT/tests/integration/with_shop.sh" node "$ROOT/tests/chaos/exhaustive.mjs" "${ARGUMENTS[@]:1}"
  fi
  words=("${ARGUMENTS[@]}")
  if [[ " ${words[*]} " != *" --minutes"* ]]; then words+=(--minutes 10); fi
  exec "$ROOT/tests/integration/with_shop.sh" node "$ROOT/tests/chaos/swarm.mjs" "${words[@]}"
}

main "$@"
