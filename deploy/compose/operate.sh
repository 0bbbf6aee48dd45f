#!/usr/bin/env bash
# operate.sh audit|psql [ARGUMENT...]: what `./cartwright audit` and `./cartwright psql` are, for the shop of
# docker-compose.yml.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=lib.sh
source deploy/compose/lib.sh

# What Compose says about its containers goes elsewhere than the answer.
"${COMPOSE[@]}" run --rm -T --no-deps database "$@"
