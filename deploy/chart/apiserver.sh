#!/usr/bin/env bash
# Shows everything that the charts render to a real API server, as a dry run in a namespace that enforces the
# `restricted` pod security standard. A refusal, or a single warning, is a failure. Exit status 77: it could
# not run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # tools.sh reads it
ROOT=$(cd "$here/../.." && pwd -P)
# shellcheck source=tools.sh
source "$here/tools.sh"
PATIENCE_S=120

main() {
  work=$(mktemp -d)
  trap stop EXIT
  ls "$CHART_BUILD"/rendered/*@"$APISERVER_VERSION".yaml &>/dev/null || skip "nothing was rendered"
  command -v etcd >/dev/null || skip "there is no etcd (Debian's package etcd-server has it)"
  command -v kubectl >/dev/null || skip "there is no kubectl"
  kubernetes_programs kube-apiserver ||
    skip "kube-apiserver $APISERVER_VERSION cannot be built: $(tail -n 1 "$CHART_BUILD/kubernetes.log")"
  start_etcd
  start_apiserver
  prepare
  dry_run
}

skip() {
  echo "SKIP $1"
  exit 77
}

# Ports that are free now.
free_ports() {
  node -e '
    const { createServer } = require("node:net");
    const servers = Array.from({ length: Number(process.argv[1]) }, () => createServer().listen(0, "127.0.0.1"));
    Promise.all(servers.map((server) => new Promise((resolve) => server.on("listening", resolve)))).then(() => {
      console.log(servers.map((server) => server.address().port).join(" "));
      servers.forEach((server) => server.close());
    });' "$1"
}

start_etcd() {
  read -r CLIENT_PORT PEER_PORT API_PORT < <(free_ports 3)
  etcd --data-dir "$work/etcd" --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$CLIENT_PORT" \
    --advertise-client-urls "http://127.0.0.1:$CLIENT_PORT" --listen-peer-urls "http://127.0.0.1:$PEER_PORT" \
    &>"$CHART_BUILD/etcd.log" &
  ETCD_PID=$!
}

start_apiserver() {
  local token
  token=$(openssl rand -hex 16)
  echo "$token,checker,checker,system:masters" >"$work/tokens.csv"
  openssl genrsa -out "$work/accounts.pem" 2048 2>/dev/null
  "$BIN/kube-apiserver" --etcd-servers "http://127.0.0.1:$CLIENT_PORT" --bind-address 127.0.0.1 \
    --secure-port "$API_PORT" --cert-dir "$work/certificates" --token-auth-file "$work/tokens.csv" \
    --authorization-mode RBAC --service-cluster-ip-range 10.0.0.0/24 --service-account-issuer https://shop.test \
    --service-account-key-file "$work/accounts.pem" --service-account-signing-key-file "$work/accounts.pem" \
    &>"$CHART_BUILD/apiserver.log" &
  APISERVER_PID=$!
  export KUBECONFIG=$work/kubeconfig
  kubectl config set-cluster local --server "https://127.0.0.1:$API_PORT" --insecure-skip-tls-verify >/dev/null
  kubectl config set-credentials checker --token "$token" >/dev/null
  kubectl config set-context local --cluster local --user checker >/dev/null
  kubectl config use-context local >/dev/null
  curl -sf -o /dev/null --cacert /dev/null --insecure --retry-connrefused --retry "$PATIENCE_S" --retry-delay 1 \
    --retry-all-errors --max-time "$PATIENCE_S" "https://127.0.0.1:$API_PORT/readyz" -H "Authorization: Bearer $token" ||
    { tail -n 20 "$CHART_BUILD/apiserver.log" >&2 && return 1; }
}

stop() {
  for pid in ${APISERVER_PID:-} ${ETCD_PID:-}; do
    kill "$pid" 2>/dev/null || continue
    wait "$pid" || true
  done
  rm -rf "$work"
}

prepare() {
  local -a crds
  local namespace
  mapfile -t crds < <(crd_files)
  ((${#crds[@]})) || skip "the custom resource definitions cannot be had"
  for crd in "${crds[@]}"; do kubectl create -f "$crd" >/dev/null; done
  kubectl wait --for=condition=Established crd --all --timeout=60s >/dev/null
  for namespace in shop cartwright cartwright-dev; do
    kubectl create namespace "$namespace" >/dev/null
    kubectl label namespace "$namespace" pod-security.kubernetes.io/{enforce,warn,audit}=restricted >/dev/null
    # No controller is there to make it.
    kubectl -n "$namespace" create serviceaccount default >/dev/null
  done
}

# A namespace's standard is enforced on pods; workloads only get its warnings. So the pods that they would make are
# shown to the server, too.
dry_run() {
  local file failed=0 count=0
  for file in "$CHART_BUILD"/rendered/*@"$APISERVER_VERSION".yaml "$CHART_BUILD"/{dev,prod}.yaml; do
    [[ -f $file ]] || continue
    node "$here/pods.mjs" <"$file" >"$work/pods.yaml"
    if ! { kubectl apply --dry-run=server --warnings-as-errors -f "$file" &&
      { [[ ! -s $work/pods.yaml ]] || kubectl apply --dry-run=server --warnings-as-errors -f "$work/pods.yaml"; }; } \
      >"$work/answers" 2>"$work/errors"; then
      failed=1
    elif [[ -s $work/errors ]]; then
      failed=1
    fi
    sed "s|^|${file##*/}: |" "$work/errors" >&2
    count=$((count + $(wc -l <"$work/answers")))
  done
  echo "$count objects and pods accepted by kube-apiserver $APISERVER_VERSION"
  return "$failed"
}

main
