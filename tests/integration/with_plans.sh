#!/usr/bin/env bash
# with_plans.sh COMMAND...: with_shop.sh with a file of usage plans, empty at first, that USAGE_PLANS names.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
USAGE_PLANS=$(mktemp)
trap 'rm -f "$USAGE_PLANS"' EXIT
echo '{"plans": [], "keys": []}' >"$USAGE_PLANS"
export USAGE_PLANS CARTWRIGHT_USAGE_PLANS=$USAGE_PLANS
"$here/with_shop.sh" "$@"
