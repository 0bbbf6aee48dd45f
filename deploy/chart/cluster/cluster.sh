#!/usr/bin/env bash
# cluster.sh: a Kubernetes cluster of two nodes on this machine, for checks that take one. Needs root.
#
#   cluster.sh programs          builds what it is made of; exit status 77 and SKIP where that cannot be had
#   cluster.sh start             starts it and waits until both nodes and the DNS are ready
#   cluster.sh load IMAGE...     gives images of the engine (DOCKER, `docker`) to both nodes
#   cluster.sh exec COMMAND...   runs a command in its network, with KUBECONFIG
#   cluster.sh stop              ends it; nothing of it is left
#
# All of it is in namespaces of its own, for processes, mounts and network: it has no way out, takes no port of
# the machine and no rule of its firewall, and ends with the first process in them. What it keeps is in
# CARTWRIGHT_CLUSTER (build/chart/cluster), its logs in log/ there.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # tools.sh reads it
ROOT=$(cd "$here/../../.." && pwd -P)
# shellcheck source=../tools.sh
source "$here/../tools.sh"
# shellcheck source=plan.sh
source "$here/plan.sh"

main() {
  case ${1:-} in
    programs) programs ;;
    start) start ;;
    load) load "${@:2}" ;;
    exec) in_cluster "${@:2}" ;;
    stop) stop ;;
    *) echo "cluster.sh takes programs, start, load, exec or stop" >&2 && exit 64 ;;
  esac
}

skip() {
  echo "SKIP $1"
  exit 77
}

programs() {
  local program
  ((EUID == 0)) || skip "a cluster needs root"
  for program in etcd containerd runc iptables iptables-legacy ipset conntrack unshare nsenter ip openssl curl kubectl; do
    command -v "$program" >/dev/null || skip "there is no $program"
  done
  [[ -x $CNI_BIN/ptp ]] || skip "there are no network plugins (Debian's package containernetworking-plugins has them)"
  [[ -d /sys/fs/cgroup/cpu ]] || skip "the control groups are not those of version 1"
  find_builder || skip "$BUILDER_PROBLEM, and the nodes get their images from an engine"
  kubernetes_programs kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy ||
    skip "Kubernetes $APISERVER_VERSION cannot be built: $(tail -n 1 "$CHART_BUILD/kubernetes.log")"
  companion_programs ||
    skip "CoreDNS $COREDNS_VERSION or kube-router $KUBE_ROUTER_VERSION cannot be built: $(tail -n 1 "$CHART_BUILD/companions.log")"
}

start() {
  if [[ -e $CLUSTER/pid ]]; then stop; fi
  mkdir -p "$CLUSTER"/{log,pki}
  make_certificates
  make_groups
  sysctl "${KERNEL_SETTINGS[@]}" >"$CLUSTER/kernel"
  setsid unshare --mount --net --pid --fork --kill-child --mount-proc "$here/control.sh" \
    &>"$CLUSTER/log/control.log" </dev/null &
  echo $! >"$CLUSTER/pid"
  if ! { furnish && wait_for_nodes; }; then
    tail -n 5 "$CLUSTER"/log/*.log >&2
    stop
    return 1
  fi
}

# The authority of the API server's certificate, which pods get to know it by, and a token for each of its users.
make_certificates() {
  local pki=$CLUSTER/pki user
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=cluster \
    -keyout "$pki/ca.key" -out "$pki/ca.crt" 2>/dev/null
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=kube-apiserver \
    -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -addext basicConstraints=critical,CA:FALSE \
    -addext "subjectAltName=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:$CONTROL_IP,IP:$API_SERVICE_IP" \
    -keyout "$pki/apiserver.key" -out "$pki/apiserver.crt" 2>/dev/null
  openssl genrsa -out "$pki/accounts.pem" 2048 2>/dev/null
  : >"$pki/tokens.csv"
  add_user admin admin system:masters
  for user in kube-controller-manager kube-scheduler kube-proxy; do add_user "$user" "system:$user" ''; done
  add_user kube-router kube-router system:masters
  for user in "${NODES[@]}"; do add_user "$user" "system:node:$user" system:nodes; done
}

# add_user NAME USER GROUP: with a kubeconfig of that name.
add_user() {
  local token
  local -x KUBECONFIG=$CLUSTER/pki/$1.kubeconfig
  token=$(openssl rand -hex 16)
  echo "$token,$2,$2,\"$3\"" >>"$CLUSTER/pki/tokens.csv"
  {
    kubectl config set-cluster local --server "https://$CONTROL_IP:6443" --certificate-authority "$CLUSTER/pki/ca.crt"
    kubectl config set-credentials "$1" --token "$token"
    kubectl config set-context local --cluster local --user "$1"
    kubectl config use-context local
  } >/dev/null
}

# A parent for all of its control groups, so that the machine's other work keeps its share.
make_groups() {
  local hierarchy node
  for hierarchy in /sys/fs/cgroup/*/; do
    [[ -e $hierarchy/tasks ]] || continue
    for node in "" "${NODES[@]/#//}"; do
      mkdir -p "$hierarchy$GROUP$node"
      # A group of cpuset has nothing until it is given something.
      if [[ -e $hierarchy/cpuset.cpus ]]; then
        cat "$hierarchy/cpuset.cpus" >"$hierarchy$GROUP$node/cpuset.cpus"
        cat "$hierarchy/cpuset.mems" >"$hierarchy$GROUP$node/cpuset.mems"
      fi
    done
  done
}

# The first process in the cluster's namespaces, as this machine numbers it.
first_process() {
  local pid=
  # The line has no end, which `read` calls a failure.
  read -r pid <"/proc/$(<"$CLUSTER/pid")/task/$(<"$CLUSTER/pid")/children" || true
  [[ -n $pid ]] && echo "$pid"
}

in_cluster() {
  local first
  if ! first=$(first_process 2>/dev/null); then
    echo "the cluster does not run" >&2
    return 1
  fi
  nsenter --net="/proc/$first/ns/net" env KUBECONFIG="$CLUSTER/pki/admin.kubeconfig" "$@"
}

# What every cluster has, whoever made it: a DNS.
furnish() {
  retry in_cluster kubectl get --raw /readyz >/dev/null || return 1
  make_images || return 1
  in_cluster kubectl apply -f "$here/dns.yaml" >/dev/null
}

wait_for_nodes() {
  local node
  for node in "${NODES[@]}"; do retry in_cluster kubectl get node "$node" >/dev/null || return 1; done
  in_cluster kubectl label --overwrite node node1 topology.kubernetes.io/zone=a >/dev/null
  in_cluster kubectl label --overwrite node node2 topology.kubernetes.io/zone=b >/dev/null
  in_cluster kubectl wait --for=condition=Ready node --all --timeout="${PATIENCE_S}s" >/dev/null &&
    in_cluster kubectl -n kube-system rollout status deployment/coredns --timeout="${PATIENCE_S}s"
}

make_images() {
  find_builder || { echo "$BUILDER_PROBLEM" >&2 && return 1; }
  "$DOCKER" build -q -t "$PAUSE_IMAGE" - >/dev/null <<<'FROM debian:bookworm-slim
USER 65532:65532
ENTRYPOINT ["sleep", "infinity"]' || return
  "$DOCKER" build -q -t cartwright-cluster/coredns:1 -f - "$BIN" >/dev/null <<<'FROM debian:bookworm-slim
COPY coredns /coredns
ENTRYPOINT ["/coredns"]' || return
  load "$PAUSE_IMAGE" cartwright-cluster/coredns:1
}

# load IMAGE...: into the store of each node, where each has its name and, as from a registry, `name@digest`.
load() {
  local node image digest
  "$DOCKER" save -o "$CLUSTER/images.tar" "$@"
  for node in "${NODES[@]}"; do
    retry test -S "$CLUSTER/$node/run/containerd/containerd.sock"
    store "$node" import "$CLUSTER/images.tar" >/dev/null
    for image in "$@"; do
      digest=$(store "$node" ls "name==docker.io/$image" | awk 'NR == 2 { print $3 }')
      store "$node" tag --force "docker.io/$image" "docker.io/${image%:*}@$digest" >/dev/null
    done
  done
  rm "$CLUSTER/images.tar"
}

stop() {
  local first
  [[ -e $CLUSTER/pid ]] || return 0
  # With the first process of the namespaces the kernel ends all others in them, and only then it is gone.
  first=$(first_process 2>/dev/null) || first=
  if [[ -n $first ]] && kill -KILL "$first"; then tail --pid="$first" -f /dev/null; fi
  find /sys/fs/cgroup/*/"$GROUP" -depth -type d -exec rmdir {} + 2>/dev/null || true
  sysctl -q -p "$CLUSTER/kernel"
  rm -rf "$CLUSTER"
}

main "$@"
