# The programs that check the charts, built from source at pinned versions, and where they are kept.
# Sourced. Nothing here is needed to build, run or test the shop.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are used by the files that source this one

HELM_VERSION=v3.21.4
KUBECONFORM_VERSION=v0.8.0
ACTIONLINT_VERSION=v1.7.12
KUBERNETES_VERSIONS=(1.33.13 1.35.4 1.37.2)
# Whose API server is built, and the rest of a cluster.
APISERVER_VERSION=1.35.4
COREDNS_VERSION=v1.14.5
KUBE_ROUTER_VERSION=v2.1.0
CERT_MANAGER_VERSION=v1.21.2
CNPG_VERSION=v1.30.0
BARMAN_PLUGIN_VERSION=v0.14.0
# A store that speaks S3.
VERSITYGW_VERSION=v1.8.0
GATEWAY_API_VERSION=v1.6.3
PROMETHEUS_OPERATOR_VERSION=v0.85.0
PROMETHEUS_VERSION=v0.310.0
METRICS_SERVER_VERSION=v0.8.0
PROMETHEUS_ADAPTER_VERSION=v0.12.0
CUSTOM_METRICS_VERSION=v1.35.0
ARGO_ROLLOUTS_VERSION=v1.9.0

CHART_BUILD=$ROOT/build/chart
BIN=$CHART_BUILD/bin

# go_program NAME MODULE VERSION: builds it once. Fails when it cannot be had.
go_program() {
  local name=$1 module=$2 version=$3
  if is_built "$name" "$version"; then return 0; fi
  command -v go >/dev/null || return 1
  mkdir -p "$BIN"
  GOBIN=$BIN nice -n 10 go install "$module@$version" &>"$CHART_BUILD/$name.log" || return 1
  echo "$version" >"$BIN/$name.version"
}

# kubernetes_programs NAME...: builds programs of Kubernetes APISERVER_VERSION. Fails when they cannot be had; why is in
# kubernetes.log.
kubernetes_programs() {
  local where=k8s.io/component-base/version minor=${APISERVER_VERSION#1.} name
  local -a missing=()
  for name in "$@"; do is_built "$name" "$APISERVER_VERSION" || missing+=("$name"); done
  ((${#missing[@]})) || return 0
  {
    kubernetes_module "$CHART_BUILD/kubernetes" &&
      # The version is asked for by Helm, and by the charts.
      build_in "$CHART_BUILD/kubernetes" -ldflags "-s -w -X $where.gitVersion=v$APISERVER_VERSION -X $where.gitMajor=1 -X $where.gitMinor=${minor%%.*}" \
        "${missing[@]/#/k8s.io/kubernetes/cmd/}"
  } &>"$CHART_BUILD/kubernetes.log" || return 1
  for name in "${missing[@]}"; do echo "$APISERVER_VERSION" >"$BIN/$name.version"; done
}

# companion_programs: builds what a cluster has beside Kubernetes (cluster/*/main.go), with the libraries that Kubernetes itself
# has, which are compiled already. Fails when they cannot be had; why is in companions.log.
companion_programs() {
  local module=$CHART_BUILD/companions
  if is_built coredns "$COREDNS_VERSION" && is_built kube-router "$KUBE_ROUTER_VERSION"; then return 0; fi
  {
    module_beside_kubernetes "$module" "github.com/coredns/coredns $COREDNS_VERSION" \
      "github.com/cloudnativelabs/kube-router/v2 $KUBE_ROUTER_VERSION" &&
      cp -r "$ROOT"/deploy/chart/cluster/{coredns,kube-router} "$module/" &&
      build_in "$module" -ldflags '-s -w' ./coredns ./kube-router
  } &>"$CHART_BUILD/companions.log" || return 1
  echo "$COREDNS_VERSION" >"$BIN/coredns.version"
  echo "$KUBE_ROUTER_VERSION" >"$BIN/kube-router.version"
}

# operator_programs: builds what the database and the certificates come from, each with the libraries that it names itself. Fails
# when one cannot be had; why is in NAME.log.
operator_programs() {
  local module=github.com/cert-manager/cert-manager
  # By this name the module may use what is internal to cert-manager.
  program_of "$module/cmd" cert-manager "$module" "$CERT_MANAGER_VERSION" ./cert-manager &&
    program_of cloudnative-pg cloudnative-pg github.com/cloudnative-pg/cloudnative-pg "$CNPG_VERSION" &&
    program_of plugin-barman-cloud plugin-barman-cloud github.com/cloudnative-pg/plugin-barman-cloud "$BARMAN_PLUGIN_VERSION" &&
    program_of versitygw versitygw github.com/versity/versitygw "$VERSITYGW_VERSION" github.com/versity/versitygw/cmd/versitygw
}

# program_of NEW_MODULE NAME MODULE VERSION [PACKAGE]: builds a package, or else the module's cmd/manager, for an image that has
# nothing but it. A package that begins with a dot is in cluster/.
program_of() {
  local name=$2 module=$3 version=$4 package=${5:-$3/cmd/manager} place=$CHART_BUILD/operators/$2
  if is_built "$name" "$version"; then return 0; fi
  mkdir -p "$place" "$BIN"
  {
    printf 'module %s\n\nrequire %s %s\n' "$1" "$module" "$version" >"$place/go.mod" &&
      if [[ $package == ./* ]]; then cp -r "$ROOT/deploy/chart/cluster/$package" "$place/"; fi &&
      (cd "$place" && go mod edit -go="$(go env GOVERSION | cut -c 3-)" &&
        nice -n 10 env GOFLAGS=-mod=mod CGO_ENABLED=0 go build -ldflags '-s -w' -o "$BIN/$name" "$package")
  } &>"$CHART_BUILD/$name.log" || return 1
  echo "$version" >"$BIN/$name.version"
}

# is_built NAME VERSION
is_built() {
  [[ -x $BIN/$1 && -f $BIN/$1.version && $(<"$BIN/$1.version") == "$2" ]]
}

# kubernetes_module DIRECTORY: makes a module there from which programs of Kubernetes can be built. Its own refers to parts of
# its repository that it does not have; each of them is a module of its own, of the same release.
kubernetes_module() {
  local sources
  mkdir -p "$1" "$BIN"
  sources=$(module_dir k8s.io/kubernetes "v$APISERVER_VERSION") || { echo "its sources cannot be had" && return 1; }
  sed -E -e 's/^module .*/module '"${1##*/}"'\n\nrequire k8s.io\/kubernetes v'"$APISERVER_VERSION"'/' \
    -e 's/=> \.\/staging\/src\/(.*)/=> \1 v0.'"${APISERVER_VERSION#1.}"'/' "$sources/go.mod" >"$1/go.mod"
  cp "$sources/go.sum" "$1/go.sum"
}

# module_beside_kubernetes DIRECTORY 'MODULE VERSION'...: the same, from which packages of these modules can be built, too, with
# the versions of libraries that Kubernetes has.
module_beside_kubernetes() {
  local pins
  kubernetes_module "$1" &&
    pins=$(sed -nE '/ v0\.0\.0$/d; s/^\t([^ ]+) (v[0-9][^ ]*).*/replace \1 => \1 \2/p' "$1/go.mod") &&
    { echo "$pins" && printf 'require %s\n' "${@:2}"; } >>"$1/go.mod"
}

# build_in MODULE ARGUMENT...
build_in() {
  (cd "$1" && nice -n 15 env GOFLAGS=-mod=mod go build -o "$BIN/" "${@:2}")
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
  local cert_manager cnpg barman gateway operator rollouts
  cert_manager=$(module_dir github.com/cert-manager/cert-manager "$CERT_MANAGER_VERSION") || return 1
  cnpg=$(module_dir github.com/cloudnative-pg/cloudnative-pg "$CNPG_VERSION") || return 1
  barman=$(module_dir github.com/cloudnative-pg/plugin-barman-cloud "$BARMAN_PLUGIN_VERSION") || return 1
  gateway=$(module_dir sigs.k8s.io/gateway-api "$GATEWAY_API_VERSION") || return 1
  operator=$(module_dir github.com/prometheus-operator/prometheus-operator "$PROMETHEUS_OPERATOR_VERSION") || return 1
  rollouts=$(module_dir github.com/argoproj/argo-rollouts "$ARGO_ROLLOUTS_VERSION") || return 1
  printf '%s\n' \
    "$cert_manager"/deploy/crds/cert-manager.io_{certificates,issuers}.yaml \
    "$cnpg"/config/crd/bases/postgresql.cnpg.io_{clusters,scheduledbackups,backups}.yaml \
    "$barman/config/crd/bases/barmancloud.cnpg.io_objectstores.yaml" \
    "$gateway"/config/crd/standard/gateway.networking.k8s.io_{gateways,httproutes,backendtlspolicies}.yaml \
    "$operator"/example/prometheus-operator-crd/monitoring.coreos.com_{servicemonitors,podmonitors,prometheusrules}.yaml \
    "$rollouts"/manifests/crds/{rollout,analysis-template}-crd.yaml
}

# commands_of TITLE: prints the first block of commands below that title in k8s/README.md, as it stands there.
commands_of() {
  local commands
  # shellcheck disable=SC2016  # the backquotes are those of Markdown
  commands=$(sed -n "/^##* $1\$/,/^\`\`\`\$/p" "$ROOT/k8s/README.md" | sed '1,/^```bash/d; /^```$/d')
  [[ -n $commands ]] || { echo "k8s/README.md has no commands under $1" >&2 && return 1; }
  printf '%s\n' "$commands"
}
