#!/usr/bin/env bash
# schemathesis.sh: Schemathesis over every operation of the running shop's OpenAPI document, as nobody, as a
# shopper and as an admin, with a fixed seed: no 5xx, no status, content type, body or Allow header that is
# not as documented. It comes from PyPI, so it is run by hand and is no part of ./cartwright test. It changes
# the passwords of the demo users, so each run takes a new shop:
#
#   tests/integration/with_shop.sh tests/openapi/schemathesis.sh
#
# EXAMPLES (100) cases are made for each operation, and those at the bounds of its schema besides; SEED (1)
# makes others. Two of its checks are left out: a schema cannot say which page token is one of ours, or which
# currency the shop has (positive_data_acceptance), and proto3's JSON takes null for "absent", which it does
# not say either (negative_data_rejection).
set -euo pipefail
version=4.32.5
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
place=$root/build/schemathesis
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
  local status=0
  install
  run nobody || status=1
  run shopper --header "Authorization: Bearer $(token_of ada@example.com)" || status=1
  run admin --header "Authorization: Bearer $(token_of admin@example.com)" || status=1
  return "$status"
}

install() {
  if [[ -x $place/bin/st && $("$place/bin/st" --version) == *"$version" ]]; then return 0; fi
  python3 -m venv "$place"
  "$place/bin/pip" install --quiet "schemathesis==$version"
}

# token_of EMAIL: of one of the demo users.
token_of() {
  curl --silent --fail-with-body "$SHOP/api/auth/login" --header 'Content-Type: application/json' \
    --data "{\"email\":\"$1\",\"password\":\"correct-horse-battery\"}" | jq --raw-output .accessToken
}

run() {
  local name=$1
  shift
  echo "== as $name"
  # What it writes down between runs would make them differ.
  (cd "$work" && timeout 1200 "$place/bin/st" run "$SHOP/openapi.json" --seed "${SEED:-1}" \
    --max-examples "${EXAMPLES:-100}" --generation-database none --phases examples,coverage,fuzzing \
    --checks all --exclude-checks positive_data_acceptance,negative_data_rejection \
    --continue-on-failure --warnings off --no-color "$@")
}

main
