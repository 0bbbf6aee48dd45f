#!/usr/bin/env bash
# Fills an empty catalog (deploy/seed). A catalog that has any product is left alone.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"

main() {
  read_port
  if [[ $(role_psql catalog_owner -At -v ON_ERROR_STOP=1 -c \
    "SELECT EXISTS (SELECT FROM catalog.product)") == t ]]; then return 0; fi
  "$LOCAL/seed.sh" --catalog-only
}

main
