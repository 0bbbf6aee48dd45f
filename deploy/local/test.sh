#!/usr/bin/env bash
# ./cartwright test [ctest options]: installs, builds and runs every test, on a Postgres of its own
# that is gone afterwards. The last line counts them.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  local status=0 results=$BUILD/ctest.log
  parse_options passthrough "$@"
  ensure_packages build bookworm-backports run node test fuzz
  build_targets
  build_fuzz_targets
  build_web
  install_seed_packages
  install_test_packages
  # Also for those that test what a server without durability cannot show.
  export CARTWRIGHT_TEST_POSTGRES_BIN=$POSTGRES_BIN
  trap '"$LOCAL/test_postgres.sh" stop "$BUILD/test-postgres"' EXIT
  trap 'exit 130' INT TERM HUP
  CARTWRIGHT_TEST_POSTGRES=$("$LOCAL/test_postgres.sh" start "$BUILD/test-postgres")
  export CARTWRIGHT_TEST_POSTGRES
  step "Testing"
  cd "$ROOT"
  ctest --preset "$PRESET" -j "$(nproc)" --no-tests=error "${ARGUMENTS[@]}" </dev/null 2>&1 |
    tee "$results" || status=$?
  count_results "$results"
  return "$status"
}

count_results() {
  local total failed
  read -r failed total < <(sed -nE 's/.*, ([0-9]+) tests? failed out of ([0-9]+).*/\1 \2/p' "$1") ||
    die "ctest did not finish"
  say "$((total - failed)) passed, $failed failed"
}

main "$@"
