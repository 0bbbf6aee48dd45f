#!/usr/bin/env bash
# ./cartwright lint: C++ formatting, shell scripts, the storefront, types of tests, and every check in
# deploy/lint (protos, the OpenAPI document). All of them run, so that one round shows everything there is to mend.
# With --security instead what is shipped: how it was built, and every check in deploy/lint/security (what it
# consists of, under which licences, and what is known against it).
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

FAILED=()

main() {
  parse_options --security "$@"
  cd "$ROOT"
  if [[ $SECURITY ]]; then check_security; else check_style; fi
  ((${#FAILED[@]} == 0)) || die "lint found something in: ${FAILED[*]}"
  say "${GREEN}lint: nothing to complain about$PLAIN"
}

check_style() {
  ensure_packages lint build bookworm-backports node
  install_web_packages
  install_test_packages
  check "C++ formatting (clang-format 14)" check_formatting
  check "shell scripts (shellcheck)" check_shell
  check "types of the storefront (tsc)" npm --prefix web run --silent typecheck
  check "rules of the storefront (ESLint)" npm --prefix web run --silent lint
  check "formatting of the storefront (Prettier)" npm --prefix web run --silent format:check
  check "types of the tests in JavaScript (tsc)" web/node_modules/.bin/tsc --project tests
  check_scripts deploy/lint
}

# Debug builds and those of sanitizers have not all of the flags, and are not shipped.
check_security() {
  ensure_packages security build bookworm-backports node
  install_web_packages
  # shellcheck disable=SC2034  # build_targets reads it
  PRESET=release BUILD=$ROOT/build/release
  build_targets "${RUN_TARGETS[@]}"
  check "hardening of the binaries" node deploy/lint/security/hardening.mjs "$BUILD"/bin/cartwright-*
  CARTWRIGHT_BUILD=$BUILD check_scripts deploy/lint/security
}

# check_scripts DIRECTORY: all that can be run there, in the order of their names.
check_scripts() {
  local script
  for script in "$1"/*.sh; do
    if [[ -x $script ]]; then check "$script" "$script"; fi
  done
}

check() {
  local title=$1
  shift
  step "$title"
  "$@" || FAILED+=("$title;")
}

# Other versions format differently: it is 14 or nothing.
check_formatting() {
  source_files -name '*.h' -o -name '*.cc' | xargs -0 -r clang-format-14 --dry-run -Werror
}

# Each script by itself: following what it sources makes shellcheck 0.9 look at every path through the
# whole launcher, which takes longer than all tests. Hence without SC1091 (does not follow), and without
# SC2164 (`cd` may fail): `set -e` is in the file that all of them source.
check_shell() {
  { source_files -name '*.sh' && printf '%s\0' cartwright .ci/run; } |
    xargs -0 -n 4 -P "$(nproc)" shellcheck --exclude=SC1091,SC2164
}

# Found by `find`, not by git, which a bare machine may not have.
source_files() {
  find . \( -name .git -o -name .local -o -name node_modules -o -path ./build \) -prune -o \
    -type f \( "$@" \) -print0
}

main "$@"
