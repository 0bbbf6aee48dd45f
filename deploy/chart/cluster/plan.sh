# Where the parts of the cluster are, and how they are waited for. Sourced, after tools.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are used by the files that source this one

CLUSTER=${CARTWRIGHT_CLUSTER:-$CHART_BUILD/cluster}
NODES=(node1 node2)
# The network exists in the cluster's namespaces alone.
CONTROL_IP=10.211.0.1
NODE_IP_PREFIX=10.211.0.1     # node1 has 10.211.0.11
POD_PREFIX=10.210             # pods of node1 are in 10.210.1.0/24
POD_RANGE=10.210.0.0/16      # not that of the nodes: who asks from outside of it is answered through the node it asked
SERVICE_RANGE=10.212.0.0/16
API_SERVICE_IP=10.212.0.1
DNS_SERVICE_IP=10.212.0.10    # also in dns.yaml
CNI_BIN=/usr/lib/cni
PATIENCE_S=300
# The parent of all control groups of the cluster; two clusters at once have two, and two directories. And what kubelet sets in the
# whole machine's kernel.
GROUP=${CARTWRIGHT_CLUSTER_GROUP:-cartwright-cluster}
KERNEL_SETTINGS=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys
  kernel.keys.root_maxbytes)
# Images that every node has: the tag is of no meaning, their contents are.
PAUSE_IMAGE=cartwright-cluster/pause:1
# shellcheck source=../../images/builder.sh
source "$ROOT/deploy/images/builder.sh"

# retry COMMAND...: again until it succeeds, for PATIENCE_S at most.
retry() {
  local end=$((SECONDS + PATIENCE_S))
  until "$@" 2>"$CLUSTER/log/retry.log"; do
    if ((SECONDS > end)) || ! kill -0 "$(<"$CLUSTER/pid")" 2>/dev/null; then
      cat "$CLUSTER/log/retry.log" >&2
      return 1
    fi
    sleep 0.5
  done
}

# store NODE COMMAND...: of `ctr images`, in the store of that node.
store() {
  ctr --address "$CLUSTER/$1/run/containerd/containerd.sock" -n k8s.io images "${@:2}"
}
