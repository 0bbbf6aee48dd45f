#!/usr/bin/env bash
# images.sh [--push TAG]: makes the images where a container engine answers, and says SKIP where none does. --push sends
# them to CARTWRIGHT_REGISTRY, and writes the digests that it answered with as values for the chart,
# build/images/digests.yaml.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=../release/registry.sh
source "$root/deploy/release/registry.sh"
images=(identity catalog cart order wallet gateway)
digests=$root/build/images/digests.yaml
contents=$root/build/images/digests

main() {
  local tag=${2:-}
  if [[ ${1:-} == --push && -z $tag ]]; then echo "images.sh: --push needs a tag" >&2 && exit 64; fi
  if ! docker info &>/dev/null; then
    echo "SKIP no container engine answers"
    # Who wants to push wants to hear.
    [[ -z $tag ]] && exit 0 || exit 1
  fi
  # Those of other images than these would be no use.
  rm -f "$digests" "$contents"
  "$root/deploy/images/build.sh"
  if [[ -z $tag ]]; then return 0; fi
  # Without them the build was skipped, and what has the tag is of another day.
  [[ -f $contents ]] || { echo "images.sh: nothing was built, so nothing is pushed" >&2 && exit 1; }
  push "$tag"
}

push() {
  local tag=$1 name digest
  sign_in docker login
  {
    printf 'image:\n  prefix: %s\n  digests:\n' "$CARTWRIGHT_REGISTRY"
    for name in "${images[@]}"; do
      docker tag "cartwright/$name:${CARTWRIGHT_TAG:-dev}" "$CARTWRIGHT_REGISTRY/$name:$tag" >&2
      digest=$(docker push "$CARTWRIGHT_REGISTRY/$name:$tag" | sed -nE 's/.*digest: (sha256:[0-9a-f]{64}).*/\1/p')
      [[ $digest ]] || { echo "images.sh: the registry has given no digest to $name" >&2 && exit 1; }
      printf '    %s: %s\n' "$name" "$digest"
    done
  } >"$digests.new"
  mv "$digests.new" "$digests"
}

main "$@"
