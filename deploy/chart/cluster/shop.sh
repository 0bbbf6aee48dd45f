# What check.sh and operators.sh do alike: images, the commands of k8s/README.md, and the shop as its clients find it. Sourced.
# shellcheck shell=bash

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ROOT=$(cd "$here/../../.." && pwd -P)
# shellcheck source=../tools.sh
source "$here/../tools.sh"
# shellcheck source=plan.sh
source "$here/plan.sh"
# The launcher's steps make certificates and the demo data.
export CARTWRIGHT_DATA=$CLUSTER/shop
# shellcheck source=../../local/lib/launcher.sh
source "$ROOT/deploy/local/lib/launcher.sh"

IMAGES=(identity catalog cart order wallet gateway postgres setup)
# Where the commands of k8s/README.md run.
DESK=$ROOT
export NAMESPACE=shop

need_images() {
  local image
  find_builder || { echo "SKIP $BUILDER_PROBLEM" && exit 77; }
  for image in "${IMAGES[@]}"; do
    "$DOCKER" image inspect "cartwright/$image:dev" &>/dev/null ||
      { echo "SKIP there are no images; deploy/images/build.sh makes them" && exit 77; }
  done
}

# Whatever failed, what the pods said is in shop.log of CHART_BUILD.
finish() {
  local status=$?
  if ((status)); then
    kube logs -l app.kubernetes.io/part-of=cartwright --all-containers --prefix --tail=-1 --max-log-requests=100 \
      &>"$CHART_BUILD/shop.log" || true
  fi
  if ((status)) && [[ -n ${CARTWRIGHT_KEEP_CLUSTER:-} ]]; then return; fi
  "$ROOT/deploy/chart/cluster/cluster.sh" stop
}

in_cluster() {
  "$ROOT/deploy/chart/cluster/cluster.sh" exec "$@"
}

kube() {
  in_cluster kubectl -n "$NAMESPACE" "$@"
}

# run_section TITLE: runs the first commands below that title in k8s/README.md.
run_section() {
  local commands
  commands=$(commands_of "$1")
  # What only its reader knows is random here.
  commands=$(sed -E "s/=\\.\\.\\.( |\$)/=$(openssl rand -hex 16)\\1/g" <<<"$commands")
  (cd "$DESK" && in_cluster env "PATH=$BIN:$PATH" bash -euo pipefail -c "$commands")
}

# digest_of IMAGE:TAG: of its manifest, as the nodes have it.
digest_of() {
  store node1 ls "name==docker.io/$1" | awk 'NR == 2 { print $3 }'
}

# What the clients in tests/ ask for.
connect() {
  local gateway
  gateway=$(kube get service gateway -o 'jsonpath={.spec.clusterIP}')
  mkdir -p "$RUN" "$LOG"
  echo 80 >"$RUN/port"
  export SHOP=http://$gateway CARTWRIGHT_SHOP=http://$gateway CARTWRIGHT_LAUNCHER=$ROOT/deploy/chart/cluster/operate.sh HELM=$BIN/helm
  export CLUSTER_GROUP=$GROUP TESTS_IMAGE DESK
  in_cluster "$CARTWRIGHT_LAUNCHER" seed
}

# Processes that began before those whom they call know of them when the DNS no longer says that there are none.
# Pictures are on a volume that a platform has, and this one has not. What is around all tests has a name, too.
journey() {
  in_cluster node --input-type=module -e \
    "import { peopleCanShop } from '$ROOT/tests/integration/shop.mjs'; await peopleCanShop(120)"
  in_cluster node --test --test-name-pattern '^(?!every product has a picture|<root>)' "$ROOT/tests/integration/journey.test.mjs"
}

# live PART...: these of tests/cluster, one after the other. All run, and any that fails fails it.
live() {
  local part status=0
  for part in "$@"; do
    in_cluster node --test "$ROOT/tests/cluster/$part.test.mjs" || status=1
  done
  return "$status"
}
