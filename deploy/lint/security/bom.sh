#!/usr/bin/env bash
# The software bills of materials, build/sbom/*.cdx.json (CycloneDX 1.6): of the processes from what is linked
# and compiled in, of the storefront from its lock file. And whether they are valid, whole, and of licences that
# licences.json allows.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
build=${CARTWRIGHT_BUILD:-$root/build/release}
out=$root/build/sbom
# shellcheck source=../packages.sh
source "$here/../packages.sh"

install_lint_packages
node "$here/sbom.mjs" "$build" "$out"
(cd "$root/web" && "$here/../node_modules/.bin/cyclonedx-npm" --omit dev --spec-version 1.6 \
  --output-reproducible --output-file "$out/web.cdx.json")
node "$here/check_bom.mjs" "$out" "$root" "$build"
