#!/usr/bin/env bash
# operators.sh: what check.sh does without, on a cluster of its own: certificates of cert-manager, a database of CloudNativePG with
# backups in a store that speaks S3, and the shop on them, by the commands of k8s/README.md as they stand there. Then what happens
# to certificates and databases (tests/cluster). Exit status 77: it could not run. CARTWRIGHT_KEEP_CLUSTER=1 leaves the cluster
# when something fails; `cluster.sh stop` ends it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=shop.sh
source "$here/shop.sh"

# Each of two databases has two instances, with two volumes each, and one of them may be made anew.
VOLUMES_OF_A_NODE=6
OPERATORS=(cert-manager cloudnative-pg plugin-barman-cloud versitygw)

main() {
  "$here/cluster.sh" programs
  need_images
  need_operators
  trap finish EXIT
  "$here/cluster.sh" start
  make_images
  install_operators
  make_volumes
  lay_out
  run_section Prerequisites
  run_section Secrets
  make_store
  run_section Install
  be_superuser
  connect
  journey
  # In this order: the last of them moves the shop to another database.
  live renewal database restore
}

skip() {
  echo "SKIP $1"
  exit 77
}

need_operators() {
  local program
  go_program helm helm.sh/helm/v3/cmd/helm "$HELM_VERSION" ||
    skip "helm $HELM_VERSION cannot be built: $(tail -n 1 "$CHART_BUILD/helm.log")"
  operator_programs && return
  for program in "${OPERATORS[@]}"; do
    [[ -e $BIN/$program.version ]] || skip "$program cannot be built: $(tail -n 1 "$CHART_BUILD/$program.log")"
  done
}

# image NAME < DOCKERFILE: with the programs in its context.
image() {
  "$DOCKER" build -q -t "cartwright-cluster/$1:1" -f - "$BIN" >/dev/null
}

make_images() {
  local -a images=("${IMAGES[@]/#/cartwright/}")
  image cert-manager <<<'FROM debian:bookworm-slim
COPY cert-manager /cert-manager
USER 65532:65532
ENTRYPOINT ["/cert-manager"]'
  # The operator gives its program to instances from there.
  image cloudnative-pg <<<'FROM debian:bookworm-slim
WORKDIR /
COPY cloudnative-pg /operator/manager_amd64
RUN ln -s operator/manager_amd64 /manager
USER 65532:65532
ENTRYPOINT ["/manager"]'
  image versitygw <<<'FROM debian:bookworm-slim
COPY versitygw /versitygw
USER 65532:65532
ENTRYPOINT ["/versitygw"]'
  # The operator, and what is beside each instance.
  image plugin-barman-cloud <<<'FROM cartwright/postgres:dev
USER 0:0
RUN apt-get update -q && apt-get install -yq --no-install-recommends barman-cli-cloud python3-boto3 && rm -rf /var/lib/apt/lists/*
COPY plugin-barman-cloud /manager
USER 26:26
HEALTHCHECK NONE
ENTRYPOINT ["/manager"]'
  # CloudNativePG runs instances as this user.
  image postgresql <<<'FROM cartwright/postgres:dev
USER 0:0
RUN usermod -u 26 postgres
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin
USER 26:26
HEALTHCHECK NONE
ENTRYPOINT []'
  "$DOCKER" tag cartwright-cluster/postgresql:1 cartwright-cluster/postgresql:15
  "$here/cluster.sh" load cartwright-cluster/{cert-manager,cloudnative-pg,plugin-barman-cloud,versitygw}:1 \
    cartwright-cluster/postgresql:15 "${images[@]/%/:dev}"
}

# Each by its own manifests, with these images instead of those of a registry.
install_operators() {
  local sources place=$CLUSTER/plugin
  sources=$(module_dir github.com/cert-manager/cert-manager "$CERT_MANAGER_VERSION")
  in_cluster "$BIN/helm" install cert-manager "$sources/deploy/charts/cert-manager" -n cert-manager --create-namespace \
    -f "$here/operated/certificates.yaml" --wait --timeout 5m
  sources=$(module_dir github.com/cloudnative-pg/cloudnative-pg "$CNPG_VERSION")
  sed -E -e 's#[a-z.]+/cloudnative-pg/cloudnative-pg:[0-9.]+#docker.io/cartwright-cluster/cloudnative-pg:1#' \
    -e 's/imagePullPolicy: Always/imagePullPolicy: Never/' \
    "$sources/releases/cnpg-${CNPG_VERSION#v}.yaml" | in_cluster kubectl apply --server-side -f - >/dev/null
  in_cluster kubectl -n cnpg-system rollout status deployment/cnpg-controller-manager --timeout="${PATIENCE_S}s"
  sources=$(module_dir github.com/cloudnative-pg/plugin-barman-cloud "$BARMAN_PLUGIN_VERSION")
  mkdir -p "$place"
  cp -r "$sources"/{config,kubernetes} "$place/"
  chmod -R u+w "$place"
  sed -i -E -e 's#newName: .*#newName: docker.io/cartwright-cluster/plugin-barman-cloud#' -e 's#newTag: .*#newTag: "1"#' \
    -e 's#SIDECAR_IMAGE=.*#SIDECAR_IMAGE=docker.io/cartwright-cluster/plugin-barman-cloud:1#' "$place/kubernetes/kustomization.yaml"
  # The webhook of cert-manager answers when its authority has come to the API server.
  retry in_cluster kubectl apply -k "$place/kubernetes" >/dev/null
  in_cluster kubectl -n cnpg-system rollout status deployment/barman-cloud --timeout="${PATIENCE_S}s"
}

# Disks of the nodes, each for whoever is on that node.
make_volumes() {
  local node i
  {
    printf '%s\n' 'apiVersion: storage.k8s.io/v1' 'kind: StorageClass' 'metadata: {name: local}' \
      'provisioner: kubernetes.io/no-provisioner' 'volumeBindingMode: WaitForFirstConsumer'
    for node in "${NODES[@]}"; do
      for ((i = 1; i <= VOLUMES_OF_A_NODE; i++)); do
        mkdir -p "$CLUSTER/$node/var/lib/volumes/$i"
        cat <<EOF
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: $node-$i}
spec:
  capacity: {storage: 5Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: local
  local: {path: /var/lib/volumes/$i}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$node]}]
EOF
      done
    done
  } | in_cluster kubectl apply -f - >/dev/null
}

# The files that the commands of k8s/README.md name.
lay_out() {
  DESK=$CLUSTER/desk
  TESTS_IMAGE=cartwright/setup@$(digest_of cartwright/setup:dev)
  mkdir -p "$DESK"
  ln -sfn "$ROOT/k8s" "$DESK/k8s"
  {
    cat "$here/operated/database.yaml"
    echo "image: docker.io/cartwright-cluster/postgresql:15@$(digest_of cartwright-cluster/postgresql:15)"
  } >"$DESK/my-database.yaml"
  {
    cat "$here/operated/shop.yaml"
    echo "tests: {enabled: true, image: $TESTS_IMAGE}"
  } >"$DESK/my-shop.yaml"
}

# The launcher's scripts find a database that lets in nobody but the shop.
be_superuser() {
  export PATH=$here/exec:$PATH CARTWRIGHT_POSTGRES_PORT=5432
  ensure_secrets
  write_database_urls
}

# The store knows whom the database comes as, and the database by whom the store's certificate is.
make_store() {
  mkdir -p "$TLS"
  ensure_tls
  make_certificate store.store
  in_cluster kubectl create namespace store
  kube get secret backup-store -o json | jq '{apiVersion, kind, type, data, metadata: {name: .metadata.name, namespace: "store"}}' |
    in_cluster kubectl apply -f -
  in_cluster kubectl -n store create secret tls store-tls --cert="$TLS/store.store.crt" --key="$TLS/store.store.key"
  kube create secret generic backup-store-authority --from-file=ca.crt="$TLS/ca.crt"
  in_cluster kubectl apply -f "$here/operated/store.yaml"
  in_cluster kubectl -n store rollout status deployment/store --timeout="${PATIENCE_S}s"
}

main "$@"
