#!/usr/bin/env bash
# seed.sh [--products N]: fills the catalog at $PSQL_URL and the directory of pictures $MEDIA.
# Needs psql and Node 18 or newer. seed.sh --install-only: takes the packages that it needs from npm,
# which is otherwise done at the first run.
set -euo pipefail

main() {
  local here
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
  install_packages "$here"
  if [[ ${1:-} == --install-only ]]; then return 0; fi
  exec node "$here/seed.mjs" "$@"
}

install_packages() {
  local here=$1 lock installed=$1/node_modules/.package-lock.json
  # Two shops of one checkout may start at once, and npm takes no lock.
  exec {lock}<"$here"
  flock "$lock"
  # Written by npm when it has finished; older than the lock file means another set of packages.
  if [[ ! -f $installed || $here/package-lock.json -nt $installed ]]; then
    npm ci --prefix "$here" --no-audit --no-fund --loglevel=error >/dev/null
    touch "$installed"
  fi
  exec {lock}<&-
}

main "$@"
