# The linters that come from npm; sourced by the checks beside it.
# shellcheck shell=bash

# Again whenever the lock file is another one than that which is installed.
install_lint_packages() {
  local place
  place=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
  if cmp -s "$place/package-lock.json" "$place/node_modules/installed-lock.json"; then return 0; fi
  npm ci --prefix "$place" --ignore-scripts --loglevel=error
  cp "$place/package-lock.json" "$place/node_modules/installed-lock.json"
}
