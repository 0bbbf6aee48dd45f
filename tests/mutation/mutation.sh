#!/usr/bin/env bash
# mutation.sh [WORDS]: takes away one rule of access, one caller or one right of the database at a time, in a
# shop of its own whose programs are copies, and looks whether a test turns red. WORDS choose samples.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
export CARTWRIGHT_MUTATION_FROM=$root/build/${CARTWRIGHT_PRESET:-release}
to=$root/build/mutation

rm -rf "$to"
mkdir -p "$to/bin"
cp "$CARTWRIGHT_MUTATION_FROM/cartwright.descriptors.binpb" "$to/"
for program in "$CARTWRIGHT_MUTATION_FROM"/bin/cartwright-*; do ln -s "$program" "$to/bin/"; done
export CARTWRIGHT_PRESET=mutation
exec "$root/tests/integration/with_shop.sh" node "$here/mutation.mjs" "$@"
