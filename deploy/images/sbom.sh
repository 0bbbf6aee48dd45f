#!/usr/bin/env bash
# sbom.sh: makes and checks the bill of materials of each image, build/images/<process>.cdx.json, from the image itself.
# Prints SKIP and why, and leaves none behind, where there is no node or no readelf. Called by build.sh.
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"
# shellcheck source=../lint/packages.sh
source "$ROOT/deploy/lint/packages.sh"

DOCKER=${DOCKER:-docker}
OUT=$ROOT/build/images
TAG=${CARTWRIGHT_TAG:-dev}

main() {
  local process
  rm -f "$OUT"/*.cdx.json
  for process in node npm readelf; do
    command -v "$process" >/dev/null || { say "SKIP bills of materials: there is no $process" && exit 0; }
  done
  install_lint_packages
  PLACE=$(mktemp -d)
  trap 'rm -rf "$PLACE"' EXIT
  # What npm installs for the storefront is what its lock file says.
  (cd "$ROOT/web" && "$ROOT/deploy/lint/node_modules/.bin/cyclonedx-npm" --omit dev --spec-version 1.6 --package-lock-only \
    --output-reproducible --output-file "$PLACE/storefront.cdx.json")
  for process in "${SERVICES[@]}"; do write_bom "$process"; done
  write_bom gateway "$PLACE/storefront.cdx.json"
}

# write_bom PROCESS [STOREFRONT]
write_bom() {
  local process=$1 image=cartwright/$1:$TAG files=$PLACE/$1 container
  shift
  mkdir "$files"
  container=$("$DOCKER" create "$image")
  "$DOCKER" export "$container" | tar -C "$files" --no-same-owner -x
  "$DOCKER" rm "$container" >/dev/null
  PROCESS=$process CONTENTS=$(of_image '{{range .RootFS.Layers}}{{.}}{{end}}') \
    VERSION=$(of_image '{{index .Config.Labels "org.opencontainers.image.version"}}') \
    REVISION=$(of_image '{{index .Config.Labels "org.opencontainers.image.revision"}}') \
    node "$ROOT/deploy/lint/security/image_bom.mjs" "$files" "$OUT/$process.cdx.json" "$@"
}

of_image() {
  "$DOCKER" image inspect "$image" --format "$1"
}

main "$@"
