#!/usr/bin/env bash
# Shows everything that the charts render to a real API server, as a dry run in a namespace that enforces the
# `restricted` pod security standard. A refusal, or a single warning, is a failure. Then the shop is installed, as far as
# that goes without anybody who makes pods: what an upgrade does to numbers of replicas, and what accounts may do. Exit
# status 77: it could not run.
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
  install
  autoscalers_take_over
  accounts_may_nothing
  overlay_settles
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
  for namespace in shop cartwright-dev; do
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

# The commands of k8s/README.md, without what nobody is there to do: run Jobs, and make pods ready.
helm() {
  "$BIN/helm" "${@/--wait/--no-hooks}" >/dev/null
}

# shop VALUES: my-shop.yaml is one of the sets of values.
shop() {
  cp "$ROOT/tests/chart/values/$1.yaml" my-shop.yaml
}

install() {
  export NAMESPACE=shop
  ln -s "$ROOT/k8s" "$work/k8s"
  cd "$work"
  shop app-fixed-replicas
  helm install cartwright k8s/chart -n "$NAMESPACE" -f my-shop.yaml --wait
}

replicas() {
  kubectl -n "$NAMESPACE" get deployment -o jsonpath='{range .items[*]}{.metadata.name}={.spec.replicas} {end}'
}

autoscalers_take_over() {
  local before after
  before=$(replicas)
  shop app-issuer
  eval "$(commands_of 'From a fixed number to an autoscaler')" >/dev/null
  after=$(replicas)
  [[ $after == "$before" && -n $before ]] || { echo "autoscalers took over $before and found $after" >&2 && return 1; }
  # Once more without the step before: if nothing happens then, there is no need of it.
  shop app-fixed-replicas
  helm upgrade cartwright k8s/chart -n "$NAMESPACE" -f my-shop.yaml --wait
  shop app-issuer
  helm upgrade cartwright k8s/chart -n "$NAMESPACE" -f my-shop.yaml --wait
  [[ $(replicas) != "$before" ]] || { echo "Helm leaves the replicas alone by itself: k8s/README.md need not say how" >&2 && return 1; }
  echo "autoscalers took over $before"
}

rights_of() {
  kubectl auth can-i --list -n "$NAMESPACE" --as "system:serviceaccount:$NAMESPACE:$1"
}

# No account has more rights than one of which nobody has heard.
accounts_may_nothing() {
  local account end=$((SECONDS + PATIENCE_S))
  local -a accounts
  # What was bound before this one was is heard of when this one is.
  kubectl -n "$NAMESPACE" create role viewer --verb get --resource pods >/dev/null
  kubectl -n "$NAMESPACE" create rolebinding viewer --role viewer --serviceaccount "$NAMESPACE:viewer" >/dev/null
  until [[ $(rights_of viewer) != "$(rights_of stranger)" ]]; do
    ((SECONDS < end)) || { echo "nobody sees what an account may do" >&2 && return 1; }
    sleep 0.2
  done
  mapfile -t accounts < <(kubectl -n "$NAMESPACE" get serviceaccount -o jsonpath='{range .items[*]}{.metadata.name}{"\n"}{end}')
  ((${#accounts[@]} == 7)) || { echo "accounts: ${accounts[*]}" >&2 && return 1; }
  for account in "${accounts[@]}"; do
    diff <(rights_of stranger) <(rights_of "$account") >&2 || { echo "$account has rights" >&2 && return 1; }
  done
  echo "${#accounts[@]} accounts have no rights: ${accounts[*]}"
}

# Migrations by themselves, then everything, and nothing is left to change.
overlay_settles() {
  local overlay=$CHART_BUILD/dev.yaml
  [[ -f $overlay ]] || skip "the overlays were not built"
  kubectl apply -f "$overlay" -l app.kubernetes.io/component=migration >migrations
  grep -c ^job <migrations | grep -qx 5 || { cat migrations >&2 && return 1; }
  kubectl apply -f "$overlay" >/dev/null
  kubectl diff -f "$overlay" >&2
  echo "the overlay dev is settled"
}

main
