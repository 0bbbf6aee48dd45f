#!/usr/bin/env bash
# Lints the OpenAPI document: valid 3.1, and every recommended rule of Redocly's, warnings included. It is
# read from web/openapi.json, which a test (tests/browser/build.test.mjs) holds equal to what the gateway
# makes of the protos.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=packages.sh
source "$here/packages.sh"

install_lint_packages
node "$here/openapi.mjs" "${1:-$here/../../web/openapi.json}"
