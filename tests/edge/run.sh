#!/usr/bin/env bash
# run.sh FILE...: the files of the suite, one after the other, in the shop that with_shop.sh started. All of
# them, whatever fails; the gateway must be the same process before the first and after the last one.
set -uo pipefail
pid=$(<"$CARTWRIGHT_DATA/run/gateway.pid")
status=0
for file in "$@"; do node --test "$file" || status=1; done
if [[ $(<"$CARTWRIGHT_DATA/run/gateway.pid") != "$pid" ]]; then
  echo "edge: the gateway was started again meanwhile" >&2
  status=1
fi
exit "$status"
