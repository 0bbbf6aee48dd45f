#!/usr/bin/env bash
# previous_version.sh [REVISION [COMMAND...]]: does the version before this one run on the schema of this tree, as it
# has to while an upgrade is under way and after a rollback? A shop of that version, with its own launcher and demo
# data, gets the migrations of this tree; then its processes are started again with nothing but what their version
# has, and its own tests, or COMMAND, are run against it. The last line is the answer.
#
# REVISION is the newest tag before this commit, without one the commit before the newest migration. It is built in
# build/previous, which is kept: the next time is quick. PREVIOUS names a checkout of it that is built already.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
migrations=':(glob)services/*/migrations/*.sql'
# In one shop, one after the other: what sells, what refuses, what gives back, what dies half-way.
tests=(journey refusals races sessions keys cancel events crash)

main() {
  if [[ ${1:-} == --in-shop ]]; then
    shift
    in_shop "$@"
    return
  fi
  local revision
  revision=$(git -C "$root" rev-parse --verify --quiet "${1:-$(version_before)}^{commit}") ||
    fail "there is no revision '${1:-}'"
  source=$root/build/previous
  if [[ -n ${PREVIOUS:-} ]]; then source=$(cd "$PREVIOUS" && pwd -P); else build "$revision"; fi
  name=$(git -C "$source" describe --always --tags)
  trap take_back EXIT
  add_newer_migrations
  if (($# < 2)); then set -- "$revision" own_tests; fi
  export source name added
  if "$source/tests/integration/with_shop.sh" "$root/tests/integration/previous_version.sh" --in-shop "${@:2}"; then
    echo "$name runs on the schema of this tree, which has $(count) more"
  else
    echo "$name DOES NOT RUN on the schema of this tree, which has $(count) more: the output above says what fails" >&2
    return 1
  fi
}

fail() {
  echo "previous_version.sh: $*" >&2
  exit 64
}

version_before() {
  git -C "$root" describe --tags --abbrev=0 HEAD^ 2>/dev/null ||
    echo "$(git -C "$root" log --first-parent -1 -m --diff-filter=A --format=%H -- "$migrations")^"
}

# Its build is where one of a checkout of its own would be, so that the compiler's cache knows it.
build() {
  if [[ -e $source/.git ]] && git -C "$source" rev-parse --git-dir &>/dev/null; then
    git -C "$source" checkout --quiet --force --detach "$1"
  else
    # What is there belonged to a worktree that git has forgotten.
    rm -rf "$source"
    git -C "$root" worktree prune
    git -C "$root" worktree add --quiet --force --detach "$source" "$1"
  fi
  (cd "$source" && cmake --preset release -DCARTWRIGHT_TESTS=OFF >/dev/null)
  ninja -C "$source/build/release" cartwright.descriptors.binpb \
    bin/cartwright-{identity,catalog,cart,order,wallet,gateway,call}
  # Its storefront, which its journey looks at, by its own launcher.
  bash -euo pipefail -c 'source "$1/deploy/local/lib/launcher.sh" && build_web' - "$source"
}

# Sets `added`: the paths of the migrations that the version before does not have, which are copied into it.
add_newer_migrations() {
  local path
  added=
  for path in "$source"/services/*/migrations/*.sql; do
    path=${path#"$source/"}
    is_same "$source/$path" "$root/$path" ||
      fail "$path of $name was changed or taken away: no migrator would go on from there"
  done
  for path in "$root"/services/*/migrations/*.sql; do
    path=${path#"$root/"}
    if [[ -d $source/${path%/*} && ! -e $source/$path ]]; then
      cp "$root/$path" "$source/$path"
      added+=$path$'\n'
    fi
  done
  echo "$name, and of this tree:"
  echo "${added:-no migration more: both have the same schema}"
}

# To a migrator, which takes a file for another whose checksum its first line names.
is_same() {
  cmp -s "$1" "$2" || [[ -e $2 && $(head -n 1 "$2") == "-- Stands for $(sha256sum <"$1" | cut -d' ' -f1)" ]]
}

take_back() {
  local path
  while IFS= read -r path; do
    if [[ -n $path ]]; then rm -f "$source/$path"; fi
  done <<<"${added:-}"
}

count() {
  local number
  number=$(grep -c . <<<"$added" || true)
  if ((number == 1)); then echo "1 migration"; else echo "$number migrations"; fi
}

# Within with_shop.sh. From here on the database is ahead of everything else.
in_shop() {
  take_back
  export CARTWRIGHT_LAUNCHER=$source/cartwright
  "$source/cartwright" restart
  if [[ $1 == own_tests ]]; then own_tests; else "$@"; fi
}

# A version that is out has the weak tests that it has, and they are mended in later ones: what fails once of two
# times does not fail for a schema that is the same both times.
own_tests() {
  local test verdict status=0
  local -a verdicts=()
  for test in "${tests[@]}"; do
    verdict="fails twice"
    if run_test "$test"; then
      verdict=passes
    elif run_test "$test"; then
      verdict="passes the second time"
    fi
    if [[ $verdict == fails* ]]; then status=1; fi
    verdicts+=("  $test $verdict")
  done
  printf '%s\n' "${verdicts[@]}"
  return "$status"
}

run_test() {
  timeout 900 node --test "$source/tests/integration/$1.test.mjs"
}

main "$@"
