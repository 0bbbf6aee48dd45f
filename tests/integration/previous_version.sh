#!/usr/bin/env bash
# previous_version.sh REVISION COMMAND...: builds the binaries of that revision and runs a command against a
# shop made of them, whose database has the migrations of this tree.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
(($# >= 2)) || { echo "usage: previous_version.sh REVISION COMMAND..." >&2 && exit 64; }
revision=$1
shift

# Its build is where one of a checkout of its own would be, so that the compiler's cache knows it.
source=$root/build/previous
git -C "$root" worktree remove --force "$source" 2>/dev/null || true
git -C "$root" worktree add --force --detach "$source" "$revision" >/dev/null
trap 'git -C "$root" worktree remove --force "$source"' EXIT
cmake -S "$source" --preset release -DCARTWRIGHT_TESTS=OFF >/dev/null
ninja -C "$source/build/release" cartwright.descriptors.binpb \
  bin/cartwright-{identity,catalog,cart,order,wallet,gateway,call}
CARTWRIGHT_PRESET=previous/build/release "$root/tests/integration/with_shop.sh" "$@"
