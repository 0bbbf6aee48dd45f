#!/usr/bin/env bash
# controls.sh [WORDS]: runs the negative controls in a shop of its own, whose programs are links, so that
# one of them can be replaced by a build with a bug.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
export CARTWRIGHT_CONTROLS_FROM=${CARTWRIGHT_PRESET:-release}
from=$root/build/$CARTWRIGHT_CONTROLS_FROM to=$root/build/controls

rm -rf "$to"
mkdir -p "$to/bin"
ln -s "$from/cartwright.descriptors.binpb" "$to/"
for program in "$from"/bin/cartwright-*; do ln -s "$program" "$to/bin/"; done
export CARTWRIGHT_PRESET=controls
# Often enough that an overdue hold is swept within its story.
export CARTWRIGHT_EXPIRY_SWEEP_MS=100
exec "$root/tests/integration/with_shop.sh" node "$here/controls.mjs" "$@"
