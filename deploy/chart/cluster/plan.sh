# Where the parts of the cluster are. Sourced, after tools.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are used by the files that source this one

CLUSTER=${CARTWRIGHT_CLUSTER:-$CHART_BUILD/cluster}
NODES=(node1 node2)
# The network exists in the cluster's namespaces alone.
CONTROL_IP=10.211.0.1
NODE_IP_PREFIX=10.211.0.1     # node1 has 10.211.0.11
POD_PREFIX=10.211             # pods of node1 are in 10.211.1.0/24
POD_RANGE=10.211.0.0/16
SERVICE_RANGE=10.212.0.0/16
API_SERVICE_IP=10.212.0.1
DNS_SERVICE_IP=10.212.0.10    # also in dns.yaml
CNI_BIN=/usr/lib/cni
PATIENCE_S=300
# The parent of all control groups of the cluster, and what kubelet sets in the whole machine's kernel.
GROUP=cartwright-cluster
KERNEL_SETTINGS=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys
  kernel.keys.root_maxbytes)
# Images that every node has: the tag is of no meaning, their contents are.
PAUSE_IMAGE=cartwright-cluster/pause:1
DOCKER=${DOCKER:-docker}
