#!/usr/bin/env bash
# The chart's call graph is what the protos' `callers` say: compares the committed file with them, or
# writes it.
#
#   deploy/chart/call_graph.sh [--write]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
graph=$root/k8s/chart/files/call-graph.yaml
# shellcheck source=../lint/packages.sh
source "$root/deploy/lint/packages.sh"
# Where the build has it from.
googleapis=$(sed -n 's/^set(GOOGLEAPIS_DIR \([^ ]*\).*/\1/p' "$root/cmake/Proto.cmake")

main() {
  local -a protos
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  install_lint_packages
  mapfile -t protos < <(cd "$root/proto" && find cartwright -name '*.proto' | sort)
  protoc -I"$root/proto" -I"$googleapis" --include_imports -o "$work/protos.binpb" "${protos[@]}"
  HOME=$work XDG_CACHE_HOME=$work "$root/deploy/lint/node_modules/.bin/buf" build "$work/protos.binpb" \
    -o "$work/protos.json"
  node "$here/call_graph.mjs" <"$work/protos.json" >"$work/call-graph.yaml"
  if [[ ${1:-} == --write ]]; then
    cp "$work/call-graph.yaml" "$graph"
  else
    diff -u "$graph" "$work/call-graph.yaml" ||
      { echo "$graph is not what the protos say; deploy/chart/call_graph.sh --write" >&2 && return 1; }
  fi
}

main "$@"
