#!/usr/bin/env bash
# images.sh [--push TAG]: makes the images where a container engine answers, and says SKIP where none does. --push sends
# them to CARTWRIGHT_REGISTRY, and writes the digests that it answered with as values for the chart,
# build/images/digests.yaml.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
images=(identity catalog cart order wallet gateway)

main() {
  local tag=${2:-}
  if [[ ${1:-} == --push && -z $tag ]]; then echo "images.sh: --push needs a tag" >&2 && exit 64; fi
  if ! docker info &>/dev/null; then
    echo "SKIP no container engine answers"
    # Who wants to push wants to hear.
    [[ -z $tag ]] && exit 0 || exit 1
  fi
  "$root/deploy/images/build.sh"
  if [[ -n $tag ]]; then push "$tag"; fi
}

push() {
  local tag=$1 name digest registry=${CARTWRIGHT_REGISTRY:?must say where images go, such as registry/owner/cartwright}
  docker login "${registry%%/*}" --username "${CARTWRIGHT_REGISTRY_USER:?}" --password-stdin <<<"${CARTWRIGHT_REGISTRY_TOKEN:?}"
  {
    printf 'image:\n  prefix: %s\n  digests:\n' "$registry"
    for name in "${images[@]}"; do
      docker tag "cartwright/$name:${CARTWRIGHT_TAG:-dev}" "$registry/$name:$tag" >&2
      docker push -q "$registry/$name:$tag" >&2
      digest=$(docker inspect --format '{{index .RepoDigests 0}}' "$registry/$name:$tag")
      printf '    %s: %s\n' "$name" "${digest##*@}"
    done
  } >"$root/build/images/digests.yaml"
}

main "$@"
