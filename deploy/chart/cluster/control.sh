#!/usr/bin/env bash
# The first process of the cluster, in its namespaces: makes the network, starts what a cluster has one of, and the
# nodes. Ends, and with it everything, as soon as one of them ends. Started by cluster.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # tools.sh reads it
ROOT=$(cd "$here/../../.." && pwd -P)
# shellcheck source=../tools.sh
source "$here/../tools.sh"
# shellcheck source=plan.sh
source "$here/plan.sh"

main() {
  local i
  # Of the machine's time, all of this together has as much as one process.
  echo $$ >"/sys/fs/cgroup/cpu/$GROUP/cgroup.procs"
  mkdir -p "$CLUSTER/run"
  mount --bind "$CLUSTER/run" /run
  make_network
  start etcd etcd --data-dir "$CLUSTER/etcd" --unsafe-no-fsync --logger zap
  start_apiserver
  start kube-controller-manager "$BIN/kube-controller-manager" --kubeconfig "$CLUSTER/pki/kube-controller-manager.kubeconfig" \
    --use-service-account-credentials --service-account-private-key-file "$CLUSTER/pki/accounts.pem" \
    --root-ca-file "$CLUSTER/pki/ca.crt" --leader-elect=false --cert-dir "$CLUSTER/pki" \
    --horizontal-pod-autoscaler-sync-period 5s
  start kube-scheduler "$BIN/kube-scheduler" --kubeconfig "$CLUSTER/pki/kube-scheduler.kubeconfig" --leader-elect=false
  for i in "${!NODES[@]}"; do
    start "${NODES[i]}" nsenter --net="/run/netns/${NODES[i]}" unshare --mount --uts "$here/node.sh" "${NODES[i]}" "$((i + 1))"
  done
  wait -n
  echo "something has ended, and so does the cluster"
}

# start NAME COMMAND...
start() {
  "${@:2}" &>"$CLUSTER/log/$1.log" </dev/null &
}

# A switch that this namespace and every node are at, and a route to the pods of each.
make_network() {
  local i node
  ip link set lo up
  ip link add switch type bridge
  ip addr add "$CONTROL_IP/24" dev switch
  ip link set switch up
  for i in "${!NODES[@]}"; do
    node=${NODES[i]}
    ip netns add "$node"
    ip link add "to-$node" type veth peer name eth0 netns "$node"
    ip link set "to-$node" master switch up
    ip -n "$node" link set lo up
    ip -n "$node" addr add "$NODE_IP_PREFIX$((i + 1))/24" dev eth0
    ip -n "$node" link set eth0 up
    # Leads nowhere; without one, what a node itself sends to a service's address is refused before it is translated.
    ip -n "$node" route add default via "$CONTROL_IP"
    ip route add "$POD_PREFIX.$((i + 1)).0/24" via "$NODE_IP_PREFIX$((i + 1))"
  done
  # Whoever asks from here comes to services through the first node, as from a load balancer.
  ip route add "$SERVICE_RANGE" via "${NODE_IP_PREFIX}1"
}

start_apiserver() {
  local pki=$CLUSTER/pki
  start kube-apiserver "$BIN/kube-apiserver" --etcd-servers http://127.0.0.1:2379 --advertise-address "$CONTROL_IP" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --token-auth-file "$pki/tokens.csv" \
    --kubelet-preferred-address-types InternalIP --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged \
    --service-cluster-ip-range "$SERVICE_RANGE" --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$pki/accounts.pem" --service-account-signing-key-file "$pki/accounts.pem" \
    --requestheader-client-ca-file "$pki/ca.crt" --requestheader-username-headers X-Remote-User \
    --requestheader-group-headers X-Remote-Group --requestheader-extra-headers-prefix X-Remote-Extra- --proxy-client-cert-file "$pki/apiserver.crt" \
    --proxy-client-key-file "$pki/apiserver.key"
}

main
