#!/usr/bin/env bash
# build.sh [--twice]: builds every image of the shop, and writes into build/images what belongs beside each:
# the Debian packages in it, its bill of materials (sbom.sh) and the list of digests. --twice compiles everything a second time,
# with nothing that the compiler has kept, and fails unless both builds have the same contents.
# Prints SKIP and why, and succeeds, where no engine answers. DOCKER names another client than `docker`.
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"
# shellcheck source=builder.sh
source "$ROOT/deploy/images/builder.sh"

OUT=$ROOT/build/images
TAG=${CARTWRIGHT_TAG:-dev}
ROUND=

main() {
  local process twice=
  case ${1:-} in
    '') ;;
    --twice) twice=1 ;;
    *) die "build.sh takes --twice or nothing, not '$1'" ;;
  esac
  if ! find_builder; then
    say "SKIP images: $BUILDER_PROBLEM"
    exit 0
  fi
  cd "$ROOT"
  mkdir -p "$OUT"
  deploy/images/base.sh
  find_version
  for process in "${SERVICES[@]}" gateway; do build "$process" "$TAG"; done
  build postgres "$TAG"
  build setup "$TAG"
  for process in "${SERVICES[@]}" gateway; do write_packages "$process"; done
  CARTWRIGHT_TAG=$TAG deploy/images/sbom.sh
  write_digests "$TAG" >"$OUT/digests"
  if [[ -n $twice ]]; then build_again; fi
  say "${GREEN}The images are cartwright/*:$TAG; what belongs beside them is in $OUT$PLAIN"
}

# Of the last commit: what is built from the same sources has the same labels.
find_version() {
  VERSION=$(sed -nE 's/^project\(cartwright VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
  REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)
  CREATED=$(date -u -d "@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}" +%FT%TZ)
}

# build IMAGE TAG
build() {
  local image=$1 tag=$2 target=$1
  if is_service "$image"; then target=service; fi
  run_logged "image-$image" "Building cartwright/$image:$tag" "$DOCKER" build --progress=plain \
    --file deploy/images/Dockerfile --target "$target" --tag "cartwright/$image:$tag" \
    --build-arg "SERVICE=$image" --build-arg "BASE=${CARTWRIGHT_BASE:-debian:bookworm-slim}" \
    --build-arg "CCACHE_FROM=${CARTWRIGHT_CCACHE_FROM:-scratch}" \
    --build-arg "NPM_CONFIG_REGISTRY=$(npm_registry)" --build-arg "ROUND=$ROUND" \
    --build-arg "VERSION=$VERSION" --build-arg "REVISION=$REVISION" --build-arg "CREATED=$CREATED" .
}

npm_registry() {
  if command -v npm >/dev/null; then npm config get registry; fi
}

# What dpkg says of what an image has of others: package, version, source and its version, architecture, how it is used
# (linked, headers, data), and the files.
write_packages() {
  local container
  container=$("$DOCKER" create "cartwright/$1:$TAG")
  "$DOCKER" cp "$container:/usr/local/share/cartwright/packages.tsv" "$OUT/$1.packages.tsv"
  "$DOCKER" rm "$container" >/dev/null
}

# A line for each image: the digest of all that is in it (names, owners, modes, times, bytes), which is
# that of its one layer; its size in bytes; and the engine's id of it.
write_digests() {
  local tag=$1 process
  for process in "${SERVICES[@]}" gateway; do
    "$DOCKER" image inspect "cartwright/$process:$tag" --format \
      "cartwright/$process"$'\t{{range .RootFS.Layers}}{{.}}{{end}}\t{{.Size}}\t{{.ID}}'
  done
}

build_again() {
  local process
  ROUND=again
  for process in "${SERVICES[@]}" gateway; do build "$process" "$TAG-again"; done
  write_digests "$TAG-again" >"$OUT/digests-again"
  for process in "${SERVICES[@]}" gateway; do "$DOCKER" rmi "cartwright/$process:$TAG-again" >/dev/null; done
  cmp <(cut -f1,2 "$OUT/digests") <(cut -f1,2 "$OUT/digests-again") ||
    die "two builds of the same sources differ; see $OUT/digests and $OUT/digests-again"
  say "Two builds, the same contents."
}

main "$@"
