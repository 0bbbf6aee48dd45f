#!/usr/bin/env bash
# with_shop.sh COMMAND...: runs a command against a shop of its own: real processes, real Postgres,
# mTLS, ports and data that nobody else uses. SHOP and CARTWRIGHT_DATA tell the command where
# it is. The shop is gone afterwards, and its logs are shown when the command failed. REPLICAS says
# how many of each process it has (1), CARTWRIGHT_TLS whether it speaks https, PRODUCTS how large its catalog is.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
place=$(mktemp -d "${TMPDIR:-/tmp}/cartwright-shop.XXXXXX")
export CARTWRIGHT_DATA=$place/data
# A time limit kills this script without a word: the shop then ends by itself.
export CARTWRIGHT_OWNER_PID=$$

# All clients of a test have one address.

finish() {
  local status=$?
  if ((status)) && [[ -d $CARTWRIGHT_DATA/log ]]; then
    tail -n 15 "$CARTWRIGHT_DATA"/log/*.log >&2 || true
  fi
  "$root/cartwright" down || status=1
  rm -rf "$place"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# The postgres user, whom root's cluster runs as, must get through to the data.
chmod 755 "$place"
"$root/cartwright" up --detach --no-build --products "${PRODUCTS:-120}" --replicas "${REPLICAS:-1}"
SHOP=$(<"$CARTWRIGHT_DATA/run/scheme")://127.0.0.1:$(<"$CARTWRIGHT_DATA/run/port")
export SHOP NODE_EXTRA_CA_CERTS=$CARTWRIGHT_DATA/tls/ca.crt
"$@"
