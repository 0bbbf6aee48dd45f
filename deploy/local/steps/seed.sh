#!/usr/bin/env bash
# Fills an empty catalog (deploy/seed). A catalog that has any product is left alone.
# shellcheck source=../lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/launcher.sh"

main() {
  local has_products
  read_port
  mkdir -p "$MEDIA"
  # The migrations decide what there is: a tree without catalog or seed starts all the same.
  has_products=$(superuser_psql -At -v ON_ERROR_STOP=1 -c \
    "SELECT CASE WHEN to_regclass('catalog.products') IS NULL THEN 'none'
     ELSE (xpath('/row/x/text()', query_to_xml('SELECT EXISTS (SELECT FROM catalog.products) AS x',
       false, true, '')))[1]::text END")
  if [[ $has_products != false || ! -x $ROOT/deploy/seed/seed.sh ]]; then return 0; fi
  "$LOCAL/seed.sh" --catalog-only
}

main
