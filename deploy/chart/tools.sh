# The programs that check the charts, built from source at pinned versions, and where they are kept.
# Sourced. Nothing here is needed to build, run or test the shop.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are used by the files that source this one

HELM_VERSION=v3.21.4
KUBECONFORM_VERSION=v0.8.0
ACTIONLINT_VERSION=v1.7.12
KUBERNETES_VERSIONS=(1.33.13 1.35.4 1.37.2)
# Whose API server is built, and whose kubectl.
APISERVER_VERSION=1.35.4
CERT_MANAGER_VERSION=v1.21.2
CNPG_VERSION=v1.27.0
BARMAN_PLUGIN_VERSION=v0.15.0
GATEWAY_API_VERSION=v1.6.3
PROMETHEUS_OPERATOR_VERSION=v0.85.0

CHART_BUILD=$ROOT/build/chart
BIN=$CHART_BUILD/bin

# go_program NAME MODULE VERSION: builds it once. Fails when it cannot be had.
go_program() {
  local name=$1 module=$2 version=$3
  if [[ -x $BIN/$name && -f $BIN/$name.version && $(<"$BIN/$name.version") == "$version" ]]; then return 0; fi
  command -v go >/dev/null || return 1
  mkdir -p "$BIN"
  GOBIN=$BIN nice -n 10 go install "$module@$version" &>"$CHART_BUILD/$name.log" || return 1
  echo "$version" >"$BIN/$name.version"
}

# module_dir MODULE VERSION: prints where a Go module's sources are, fetching them if need be.
module_dir() {
  local dir
  command -v go >/dev/null || return 1
  dir=$(cd "$CHART_BUILD" && go mod download -json "$1@$2" 2>/dev/null |
    sed -nE 's/^\t"Dir": "(.*)",?$/\1/p') && [[ -d $dir ]] && echo "$dir"
}

# crd_files: prints the custom resource definitions of everything that the charts use.
crd_files() {
  local cert_manager cnpg barman gateway operator
  cert_manager=$(module_dir github.com/cert-manager/cert-manager "$CERT_MANAGER_VERSION") || return 1
  cnpg=$(module_dir github.com/cloudnative-pg/cloudnative-pg "$CNPG_VERSION") || return 1
  barman=$(module_dir github.com/cloudnative-pg/plugin-barman-cloud "$BARMAN_PLUGIN_VERSION") || return 1
  gateway=$(module_dir sigs.k8s.io/gateway-api "$GATEWAY_API_VERSION") || return 1
  operator=$(module_dir github.com/prometheus-operator/prometheus-operator "$PROMETHEUS_OPERATOR_VERSION") || return 1
  printf '%s\n' \
    "$cert_manager"/deploy/crds/cert-manager.io_{certificates,issuers}.yaml \
    "$cnpg"/config/crd/bases/postgresql.cnpg.io_{clusters,scheduledbackups,backups}.yaml \
    "$barman/config/crd/bases/barmancloud.cnpg.io_objectstores.yaml" \
    "$gateway"/config/crd/standard/gateway.networking.k8s.io_{gateways,httproutes}.yaml \
    "$operator"/example/prometheus-operator-crd/monitoring.coreos.com_{servicemonitors,podmonitors,prometheusrules}.yaml
}
