#!/usr/bin/env bash
# ./cartwright mutation [WORDS]: whether the tests of who may do what can fail (tests/mutation).
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  parse_options passthrough "$@"
  ensure_packages build bookworm-backports run node test
  build_targets "${RUN_TARGETS[@]}"
  install_seed_packages
  export CARTWRIGHT_PRESET=$PRESET
  exec "$ROOT/tests/mutation/mutation.sh" "${ARGUMENTS[@]}"
}

main "$@"
