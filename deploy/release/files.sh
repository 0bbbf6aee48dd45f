#!/usr/bin/env bash
# files.sh VERSION [--push]: what a release consists of besides images, in build/release-files: both charts, the API's
# description, the protos; of the images what deploy/images/build.sh and deploy/ci/images.sh --push have left: packages, bills of
# materials, digests; where all of it comes from (provenance.json); and SHA256SUMS over all of it. --push sends the charts to
# CARTWRIGHT_REGISTRY and writes under which digests into charts.txt; then everything of the images has to be there.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=../chart/tools.sh
source "$ROOT/deploy/chart/tools.sh"
# shellcheck source=registry.sh
source "$ROOT/deploy/release/registry.sh"
files=${CARTWRIGHT_RELEASE_FILES:-$ROOT/build/release-files}
images=${CARTWRIGHT_IMAGE_FILES:-$ROOT/build/images}
processes=(identity catalog cart order wallet gateway)

main() {
  local version=${1:-}
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] ||
    { echo "files.sh: VERSION must be like 1.2.3, not '$version'" >&2 && exit 64; }
  [[ ${2:---push} == --push ]] || { echo "files.sh takes a version and --push, not '$2'" >&2 && exit 64; }
  rm -rf "$files"
  mkdir -p "$files"
  cd "$ROOT"
  go_program helm helm.sh/helm/v3/cmd/helm "$HELM_VERSION"
  # The database's appVersion is Postgres'.
  "$BIN/helm" package k8s/chart --version "$version" --app-version "$version" --destination "$files" >/dev/null
  "$BIN/helm" package k8s/data --version "$version" --destination "$files" >/dev/null
  cp web/openapi.json "$files/openapi.json"
  archive "$files/protos-$version.tar.gz" proto
  image_files "${2:-}"
  if [[ ${2:-} ]]; then push_charts "$version"; fi
  provenance "$version" >"$files/provenance.json"
  (cd "$files" && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
}

# The same bytes from the same sources.
archive() {
  local file=$1
  shift
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - "$@" | gzip -n >"$file"
}

# image_files [ALL]
image_files() {
  local name
  for name in digests.yaml "${processes[@]/%/.packages.tsv}" "${processes[@]/%/.cdx.json}"; do
    if [[ -f $images/$name ]]; then
      cp "$images/$name" "$files/"
    elif [[ $1 ]]; then
      echo "files.sh: a release without $name is none; deploy/ci/images.sh --push makes it" >&2
      exit 1
    fi
  done
}

push_charts() {
  local name answer digest place=$CARTWRIGHT_REGISTRY/charts
  local -a plain=()
  # As docker does: a registry on this machine has no certificate.
  if [[ $CARTWRIGHT_REGISTRY =~ ^(localhost|127\.0\.0\.1)(:|/) ]]; then plain=(--plain-http); fi
  sign_in "$BIN/helm" registry login "${plain[@]}"
  for name in cartwright cartwright-data; do
    answer=$("$BIN/helm" push "${plain[@]}" "$files/$name-$1.tgz" "oci://$place" 2>&1) || { echo "$answer" >&2 && exit 1; }
    digest=$(sed -nE 's/^Digest: (sha256:[0-9a-f]{64})$/\1/p' <<<"$answer")
    [[ $digest ]] || { echo "files.sh: the registry has given no digest to $name: $answer" >&2 && exit 1; }
    echo "oci://$place/$name@$digest"
  done >"$files/charts.txt"
}

# What was made of which sources, and by whom: an in-toto statement with SLSA's predicate. Its signature is that of SHA256SUMS.
provenance() {
  local revision builder=local run=local
  revision=${GITHUB_SHA:-$(git rev-parse HEAD)}
  if [[ ${GITHUB_WORKFLOW_REF:-} ]]; then
    builder=$GITHUB_SERVER_URL/$GITHUB_WORKFLOW_REF
    run=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/attempts/$GITHUB_RUN_ATTEMPT
  fi
  subjects | jq -n --arg version "$1" --arg revision "$revision" --arg builder "$builder" --arg run "$run" \
    --arg source "${GITHUB_SERVER_URL:-}${GITHUB_REPOSITORY:+/$GITHUB_REPOSITORY}" '{
      _type: "https://in-toto.io/Statement/v1",
      subject: [inputs | {name, digest: {sha256}}],
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: {
          buildType: "deploy/release/files.sh",
          externalParameters: {version: $version, source: $source},
          resolvedDependencies: [{uri: "git+\($source)", digest: {gitCommit: $revision}}]
        },
        runDetails: {builder: {id: $builder}, metadata: {invocationId: $run}}
      }
    }'
}

# Charts by their files, images by their digests.
subjects() {
  local file prefix name digest
  for file in "$files"/*.tgz; do jq -n --arg name "${file##*/}" --arg sha256 "$(sha256sum <"$file" | cut -d' ' -f1)" '$ARGS.named'; done
  if [[ ! -f $files/digests.yaml ]]; then return 0; fi
  prefix=$(sed -n 's/^  prefix: //p' "$files/digests.yaml")
  while read -r name digest; do
    jq -n --arg name "$prefix/${name%:}" --arg sha256 "${digest#sha256:}" '$ARGS.named'
  done < <(grep '^    ' "$files/digests.yaml")
}

main "$@"
