#!/usr/bin/env bash
# powerloss.sh: loses the power under a shop of its own. Ends with 77, which means skipped, where that
# cannot be: it takes FUSE, and the right to mount.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)

skip() {
  echo "SKIPPED: $1" >&2
  exit 77
}

pkg-config --exists fuse3 || skip "no libfuse3-dev to build its disk with"
[[ -w /dev/fuse ]] || skip "no /dev/fuse to write to"

# Built here and not by CMake, which was configured before the packages of the tests were there.
export FORGETFUL_FS=$root/build/${CARTWRIGHT_PRESET:-release}/forgetful_fs
if [[ $here/forgetful_fs.cc -nt $FORGETFUL_FS ]]; then
  read -ra flags < <(pkg-config --cflags --libs fuse3)
  c++ -std=c++20 -O2 -Wall -Wextra -Werror "$here/forgetful_fs.cc" -o "$FORGETFUL_FS" "${flags[@]}"
fi
exec "$here/../with_mounts.sh" "$root/tests/integration/with_shop.sh" node "$here/powerloss.mjs"
