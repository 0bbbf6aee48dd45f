#!/usr/bin/env bash
# ./cartwright seed [--products N]: fills the catalog and makes the demo users of a running shop.
# The generator itself is deploy/seed/seed.sh.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

main() {
  local -a options=()
  PRODUCTS=${CARTWRIGHT_PRODUCTS:-}
  parse_options "--products passthrough" "$@"
  read_port
  mkdir -p "$MEDIA"
  if [[ -n $PRODUCTS ]]; then options=(--products "$PRODUCTS"); fi
  step "Filling the catalog"
  MEDIA=$MEDIA PSQL_URL=$(<"$SECRETS/catalog_owner.url") "$ROOT/deploy/seed/seed.sh" "${options[@]}"
  if [[ ${ARGUMENTS[*]} == --catalog-only ]]; then return 0; fi
  "$LOCAL/steps/demo_users.sh"
}

main "$@"
