#!/usr/bin/env bash
# with_providers.sh COMMAND...: tests/integration/with_shop.sh with a file of identity providers, empty at
# first, that CARTWRIGHT_IDENTITY_PROVIDERS names.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export CARTWRIGHT_IDENTITY_PROVIDERS=$place/providers.json
echo '{"providers": []}' >"$CARTWRIGHT_IDENTITY_PROVIDERS"
"$here/../integration/with_shop.sh" "$@"
