#!/usr/bin/env bash
# check.sh: installs the charts on a cluster of cluster.sh by the commands of k8s/README.md, and then does to the shop what
# happens to shops (tests/cluster; PARTS are some of them). Exit status 77: it could not run. CARTWRIGHT_KEEP_CLUSTER=1 leaves
# the cluster when something fails; `cluster.sh stop` ends it.
#
# PREVIOUS names a checkout of the version before (build/previous, after tests/integration/previous_version.sh), of whose images the
# tag is `previous` (there: CARTWRIGHT_TAG=previous deploy/images/build.sh). Its chart is installed then, and the first thing that
# happens is that it becomes this version, is rolled back and becomes it again.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=shop.sh
source "$here/shop.sh"

main() {
  local part
  "$here/cluster.sh" programs
  "$here/platform.sh" programs
  need_images
  trap finish EXIT
  "$here/cluster.sh" start
  load_images
  for part in metrics rollouts; do "$here/platform.sh" install "$part"; done
  run_section Prerequisites >/dev/null
  run_section Secrets >/dev/null
  start_database
  make_roles
  give_certificates
  helm_install
  connect
  BAD_DIGEST=$(digest_of cartwright/order:bad)
  BAD_GATEWAY_DIGEST=$(digest_of cartwright/gateway:bad)
  export BAD_DIGEST BAD_GATEWAY_DIGEST
  if [[ -n ${PREVIOUS:-} ]]; then live versions; fi
  journey
  # Not in the order of the alphabet: the last of them leaves another authority.
  # shellcheck disable=SC2086  # several words
  live ${PARTS:-policies life resources scaling canary authority}
}

# With a second tag for an upgrade, an order service that starts and does nothing, and a gateway that refuses most of its calls.
load_images() {
  local image
  local -a names=(cartwright/{order,gateway}:bad)
  "$DOCKER" build -q -t cartwright/order:bad - >/dev/null <<<'FROM debian:bookworm-slim
ENTRYPOINT ["sh", "-c", "exec sleep infinity"]'
  "$DOCKER" build -q -t cartwright/gateway:bad - >/dev/null <<<'FROM cartwright/gateway:dev
ENV CARTWRIGHT_HTTP_IN_FLIGHT=1'
  for image in "${IMAGES[@]}"; do
    "$DOCKER" tag "cartwright/$image:dev" "cartwright/$image:next"
    names+=("cartwright/$image:"{dev,next})
    if [[ -n ${PREVIOUS:-} ]]; then names+=("cartwright/$image:previous"); fi
  done
  "$here/cluster.sh" load "${names[@]}"
}

# As docs/aws.md says for a database elsewhere.
start_database() {
  ensure_secrets
  ensure_tls
  make_certificate cartwright-db-rw
  kube create secret generic postgres-superuser --from-file=password="$SECRETS/postgres.password"
  kube create secret generic cartwright-db-ca --from-file=ca.crt="$TLS/ca.crt"
  kube create secret generic postgres-tls --from-file=tls.crt="$TLS/cartwright-db-rw.crt" --from-file=tls.key="$TLS/cartwright-db-rw.key"
  in_cluster kubectl apply -f "$here/postgres.yaml"
  kube rollout status statefulset/postgres --timeout="${PATIENCE_S}s"
  database_address
  # The service's address leads there as soon as the nodes have heard of the pod.
  retry superuser -d postgres -c 'CREATE DATABASE cartwright'
}

make_roles() {
  local service kind secret password
  "$ROOT/deploy/chart/database_sql.sh" --managed | superuser -q
  for service in "${SERVICES[@]}"; do
    for kind in app owner; do
      secret=$service-database
      if [[ $kind == owner ]]; then secret+=-owner; fi
      password=$(kube get secret "$secret" -o 'jsonpath={.data.password}' | base64 -d)
      write_private "$SECRETS/${service}_$kind.password" "$password"
      superuser -qc "ALTER ROLE ${service}_$kind LOGIN PASSWORD '$password'"
    done
  done
  write_database_urls
}

database_address() {
  CARTWRIGHT_POSTGRES_HOST=$(kube get service cartwright-db-rw -o 'jsonpath={.spec.clusterIP}')
  export CARTWRIGHT_POSTGRES_HOST CARTWRIGHT_POSTGRES_PORT=5432
  export CARTWRIGHT_POSTGRES_TLS="sslmode=verify-ca&sslrootcert=$TLS/ca.crt"
  export PGSSLMODE=verify-ca PGSSLROOTCERT=$TLS/ca.crt
  # shellcheck disable=SC2034  # write_database_urls reads them
  POSTGRES_HOST=$CARTWRIGHT_POSTGRES_HOST POSTGRES_TLS=$CARTWRIGHT_POSTGRES_TLS
}

superuser() {
  PGPASSWORD=$(<"$SECRETS/postgres.password") \
    in_cluster psql -X -v ON_ERROR_STOP=1 -h "$POSTGRES_HOST" -U postgres -d cartwright "$@"
}

# certificates.mode Existing: Secrets as the chart names them.
give_certificates() {
  local process
  for process in "${SERVICES[@]}" gateway operator; do
    kube create secret generic "$process-tls" --from-file=ca.crt="$TLS/ca.crt" \
      --from-file=tls.crt="$TLS/$process.crt" --from-file=tls.key="$TLS/$process.key"
  done
}

helm_install() {
  local source=$ROOT tag=dev
  if [[ -n ${PREVIOUS:-} ]]; then source=$PREVIOUS tag=previous; fi
  go_program helm helm.sh/helm/v3/cmd/helm "$HELM_VERSION"
  TESTS_IMAGE=cartwright/setup@$(digest_of cartwright/setup:dev)
  in_cluster "$BIN/helm" install cartwright "$source/k8s/chart" -n "$NAMESPACE" -f "$source/deploy/chart/cluster/shop.yaml" \
    --set "image.tag=$tag" --set "tests.image=$TESTS_IMAGE" --wait --timeout 10m
}

main "$@"
