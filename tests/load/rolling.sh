#!/usr/bin/env bash
# rolling.sh: a shop with two of everything under constant load, while each of its processes is restarted
# after the other. Fails when one request is lost. REQUESTS (100000), WORKERS (16).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

# Clients and balancers need a moment in which to go elsewhere.
export REPLICAS=2 CARTWRIGHT_DRAIN_NOTICE_S=${CARTWRIGHT_DRAIN_NOTICE_S:-2}
exec "$here/../integration/with_shop.sh" node "$here/rolling.mjs"
