#!/usr/bin/env bash
# check.sh VERSION: whether build/release-files is a release that people can trust: signed by CARTWRIGHT_RELEASE_PUBLIC_KEY (the
# key itself, not a file), nothing changed since, and its chart renders with its digests, every image by digest.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=../chart/tools.sh
source "$ROOT/deploy/chart/tools.sh"
files=${CARTWRIGHT_RELEASE_FILES:-$ROOT/build/release-files}
version=${1:?check.sh: VERSION is missing}

main() {
  local images
  [[ ${CARTWRIGHT_RELEASE_PUBLIC_KEY:-} ]] ||
    { echo "check.sh: CARTWRIGHT_RELEASE_PUBLIC_KEY is empty: what cannot be verified is not published" >&2 && exit 1; }
  key=$(mktemp)
  trap 'rm "$key"' EXIT
  printf '%s\n' "$CARTWRIGHT_RELEASE_PUBLIC_KEY" >"$key"
  "$ROOT/deploy/release/verify.sh" "$files" "$key" "$version"
  go_program helm helm.sh/helm/v3/cmd/helm "$HELM_VERSION"
  images=$("$BIN/helm" template cartwright "$files/cartwright-$version.tgz" --values "$files/digests.yaml" \
    --kube-version "${KUBERNETES_VERSIONS[0]}" --set publicUrl=https://shop.example.com | sed -nE 's/^ +(- )?image: *"?([^"]*)"?$/\2/p' | sort -u)
  if (($(wc -l <<<"$images") != 6)) || grep -qvE '@sha256:[0-9a-f]{64}$' <<<"$images"; then
    echo "check.sh: not every image is named by its digest:"$'\n'"$images" >&2
    exit 1
  fi
  echo "$images"
}

main
