#!/usr/bin/env bash
# files.sh VERSION: what a release consists of besides images, in build/release-files: both charts, the API's description,
# the protos, SBOMs, the digests of the images when they are known, and SHA256SUMS over all of it.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=../chart/tools.sh
source "$ROOT/deploy/chart/tools.sh"
files=$ROOT/build/release-files

main() {
  local version=${1:-} chart
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] ||
    { echo "files.sh: VERSION must be like 1.2.3, not '$version'" >&2 && exit 64; }
  rm -rf "$files"
  mkdir -p "$files"
  cd "$ROOT"
  go_program helm helm.sh/helm/v3/cmd/helm "$HELM_VERSION"
  for chart in chart data; do
    "$BIN/helm" package "k8s/$chart" --version "$version" --destination "$files" >/dev/null
  done
  cp web/openapi.json "$files/openapi.json"
  archive "$files/protos-$version.tar.gz" proto
  npm sbom --prefix web --package-lock-only --omit dev --sbom-format cyclonedx >"$files/storefront.cdx.json"
  image_files
  (cd "$files" && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
}

# The same bytes from the same sources.
archive() {
  local file=$1
  shift
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - "$@" | gzip -n >"$file"
}

image_files() {
  local file
  for file in build/images/*.packages.tsv build/images/*.cdx.json build/images/digests.yaml; do
    if [[ -f $file ]]; then cp "$file" "$files/"; fi
  done
}

main "$@"
