#!/usr/bin/env bash
# A release of the images that are there, to a registry of its own on this machine: pushed, signed, verified and pulled.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
if ! command -v docker-registry >/dev/null; then
  sudo apt-get update -q
  sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends docker-registry
fi
CARTWRIGHT_REHEARSAL=1 GOTOOLCHAIN=${GOTOOLCHAIN:-auto} exec node --test "$root/tests/release/registry.test.mjs"
