#!/usr/bin/env bash
# ./cartwright chart [--apiserver] [--cluster]: see deploy/chart/check.sh.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/../chart/check.sh" "$@"
