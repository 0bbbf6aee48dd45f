#!/usr/bin/env bash
# Compiles what the images hold: no tests, and nothing that is for developers.
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"

# Everything again, and in the same way: ccache hands the compiler names that do not say where the sources are, and some are in
# the binaries.
if [[ -n ${ROUND:-} ]]; then export CCACHE_RECACHE=1; fi
cmake -S "$ROOT" --preset "$PRESET" -DCARTWRIGHT_TESTS=OFF
ninja -C "$BUILD" -j "$(parallel_jobs)" cartwright.descriptors.binpb bin/cartwright-gateway \
  "${SERVICES[@]/#/bin/cartwright-}"
