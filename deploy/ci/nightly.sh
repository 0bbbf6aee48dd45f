#!/usr/bin/env bash
# nightly.sh PART: what takes too long for every change, on a bare Debian 12 (deploy/ci/debian.sh) as root.
#
#   rolling     100,000 requests while every process is restarted: none may be lost
#   previous    the version before this one on the schema of this tree; takes the whole history
#   chaos       ten minutes of faults; CARTWRIGHT_SEED (printed; today's date by itself)
#   security    what is shipped: bills of materials, licences, hardening, known weaknesses
#   asan, tsan  every test with a sanitizer
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

part=${1:-}
case $part in
  asan | tsan) CARTWRIGHT_PRESET=$part exec ./cartwright test ;;
  rolling | previous | chaos | security) ./cartwright build ;;
  *) echo "nightly.sh takes rolling, previous, chaos, security, asan or tsan, not '$part'" >&2 && exit 64 ;;
esac
case $part in
  rolling) exec tests/load/rolling.sh ;;
  previous) exec tests/integration/previous_version.sh ;;
  chaos) exec ./cartwright chaos --minutes 10 --seed "${CARTWRIGHT_SEED:-$(date -u +%Y%m%d)}" ;;
  security) exec ./cartwright lint --security ;;
esac
