#!/usr/bin/env bash
# Lints the protos, and compares them with those of another branch: what a deployed client sends and
# reads, in wire format and in JSON, must keep its meaning. The rules are in proto/buf.yaml.
#
#   deploy/lint/protos.sh             compares with `main`
#   CARTWRIGHT_LINT_AGAINST=REV ...   compares with another branch or commit
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
against=${CARTWRIGHT_LINT_AGAINST:-main}
# shellcheck source=packages.sh
source "$here/packages.sh"
buf=$here/node_modules/.bin/buf
config=$root/proto/buf.yaml
# Where the build has it from.
googleapis=$(sed -n 's/^set(GOOGLEAPIS_DIR \([^ ]*\).*/\1/p' "$root/cmake/Proto.cmake")

main() {
  local status=0
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  install_lint_packages
  make_image "$root/proto" "$work/new.binpb"
  run_buf lint "$work/new.binpb" --config "$config" || status=1
  check_breaking || status=1
  return "$status"
}

# make_image DIRECTORY FILE
make_image() {
  local -a protos
  mapfile -t protos < <(cd "$1" && find cartwright -name '*.proto' | sort)
  protoc -I"$1" -I"$googleapis" --include_imports --include_source_info -o "$2" "${protos[@]}"
}

# The images are built here, without a network: caches and credentials of the user play no part.
run_buf() {
  env HOME="$work" XDG_CACHE_HOME="$work" "$buf" "$@"
}

check_breaking() {
  local why
  why=$(nothing_to_compare_with)
  if [[ -n $why ]]; then
    echo "SKIP breaking changes: $why"
    # Who names a revision wants to hear when it cannot be compared with.
    [[ -z ${CARTWRIGHT_LINT_AGAINST:-} ]] || return 1
    return 0
  fi
  mkdir "$work/old"
  git -C "$root" archive "$against" proto | tar -x -C "$work/old"
  make_image "$work/old/proto" "$work/old.binpb"
  run_buf breaking "$work/new.binpb" --config "$config" \
    --against "$work/old.binpb" --against-config "$config"
}

# Prints why there is nothing, if so.
nothing_to_compare_with() {
  if ! command -v git >/dev/null; then
    echo "git is not installed"
  elif [[ $(git -C "$root" rev-parse --show-toplevel 2>/dev/null) != "$root" ]]; then
    echo "this is not a git checkout"
  elif ! git -C "$root" rev-parse --verify --quiet "$against^{commit}" >/dev/null; then
    echo "there is no branch '$against'"
  elif [[ -z $(git -C "$root" ls-tree -r --name-only "$against" -- proto/cartwright) ]]; then
    echo "'$against' has no protos"
  fi
}

main
