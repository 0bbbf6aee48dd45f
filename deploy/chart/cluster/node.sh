#!/usr/bin/env bash
# node.sh NAME NUMBER: one node, in namespaces of its own for mounts, network and host name. What it runs finds the
# places that it is used to, /run and /var, and has them to itself. Ends as soon as a part of it ends. Started by
# control.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # tools.sh reads it
ROOT=$(cd "$here/../../.." && pwd -P)
# shellcheck source=../tools.sh
source "$here/../tools.sh"
# shellcheck source=plan.sh
source "$here/plan.sh"

NODE=$1
NUMBER=$2
PLACE=$CLUSTER/$NODE

main() {
  hostname "$NODE"
  mkdir -p "$PLACE"/{run,var/lib/volumes/postgres,var/log,var/tmp}
  ln -sfn /run "$PLACE/var/run"
  write_settings
  mount --bind "$PLACE/run" /run
  mount --bind "$PLACE/var" /var
  make_routes
  containerd --config "$PLACE/containerd.toml" &>"$CLUSTER/log/$NODE-containerd.log" &
  "$BIN/kubelet" --config "$PLACE/kubelet.yaml" --kubeconfig "$CLUSTER/pki/$NODE.kubeconfig" --hostname-override "$NODE" \
    --node-ip "$NODE_IP_PREFIX$NUMBER" --root-dir /var/lib/kubelet &>"$CLUSTER/log/$NODE-kubelet.log" &
  "$BIN/kube-proxy" --config "$PLACE/kube-proxy.yaml" --hostname-override "$NODE" &>"$CLUSTER/log/$NODE-kube-proxy.log" &
  enforce_policies &>"$CLUSTER/log/$NODE-kube-router.log" &
  wait -n
}

# kube-router puts back all rules of a table that it has read before, so
# that its rules are not in the tables that kube-proxy writes to.
enforce_policies() {
  local name
  mkdir -p "$PLACE/legacy"
  for name in iptables{,-save,-restore}; do ln -sfn /usr/sbin/xtables-legacy-multi "$PLACE/legacy/$name"; done
  # It asks for its node at once.
  until kubectl --kubeconfig "$CLUSTER/pki/admin.kubeconfig" get node "$NODE"; do sleep 0.5; done
  PATH=$PLACE/legacy:$PATH exec "$BIN/kube-router" --kubeconfig "$CLUSTER/pki/kube-router.kubeconfig" \
    --hostname-override "$NODE" --service-cluster-ip-range "$SERVICE_RANGE"
}

# To the pods of the other nodes; settings of the network are those of a namespace.
make_routes() {
  local i
  sysctl -q net.ipv4.ip_forward=1
  # shellcheck disable=SC2153  # plan.sh has it
  for i in "${!NODES[@]}"; do
    if ((i + 1 != NUMBER)); then ip route add "$POD_PREFIX.$((i + 1)).0/24" via "$NODE_IP_PREFIX$((i + 1))"; fi
  done
}

write_settings() {
  : >"$PLACE/resolv.conf"
  mkdir -p "$PLACE/network"
  cat >"$PLACE/network/10-pods.conflist" <<EOF
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "ptp", "ipam": {"type": "host-local", "routes": [{"dst": "0.0.0.0/0"}],
    "ranges": [[{"subnet": "$POD_PREFIX.$NUMBER.0/24"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
  cat >"$PLACE/containerd.toml" <<EOF
version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/$PAUSE_IMAGE"
  disable_hugetlb_controller = true
  # Not every root may lower it.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$CNI_BIN"
    conf_dir = "$PLACE/network"
EOF
  cat >"$PLACE/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /$GROUP/$NODE
clusterDNS: [$DNS_SERVICE_IP]
clusterDomain: cluster.local
resolvConf: $PLACE/resolv.conf
# Who reaches it is in this network.
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
# The disk is the machine's, and other things fill it.
evictionHard: {memory.available: 200Mi, nodefs.available: 1Gi, imagefs.available: 1Gi}
imageGCHighThresholdPercent: 100
EOF
  cat >"$PLACE/kube-proxy.yaml" <<EOF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $CLUSTER/pki/kube-proxy.kubeconfig}
clusterCIDR: $POD_RANGE
# The table of connections is the machine's.
conntrack: {maxPerCore: 0, min: 0}
EOF
}

main
