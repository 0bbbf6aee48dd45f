#!/usr/bin/env bash
# platform.sh: what a platform has beside Kubernetes, for a cluster of cluster.sh: metrics-server, the Prometheus operator with a
# Prometheus, prometheus-adapter with the rules of k8s/README.md, and Argo Rollouts.
#
#   platform.sh programs                   builds what it is made of; exit status 77 and SKIP where that cannot be had
#   platform.sh install metrics|rollouts   installs a part of it and waits until it is ready
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034  # tools.sh reads it
ROOT=$(cd "$here/../../.." && pwd -P)
# shellcheck source=../tools.sh
source "$here/../tools.sh"
# shellcheck source=plan.sh
source "$here/plan.sh"

OPERATOR=github.com/prometheus-operator/prometheus-operator
PROMETHEUS=github.com/prometheus/prometheus
ROLLOUTS=github.com/argoproj/argo-rollouts

main() {
  case ${1:-} in
    programs) programs ;;
    install) "install_${2:-}" ;;
    *) echo "platform.sh takes programs or install" >&2 && exit 64 ;;
  esac
}

programs() {
  program metrics-server ./metrics-server "sigs.k8s.io/metrics-server $METRICS_SERVER_VERSION"
  program prometheus-adapter ./prometheus-adapter "sigs.k8s.io/prometheus-adapter $PROMETHEUS_ADAPTER_VERSION" \
    "sigs.k8s.io/custom-metrics-apiserver $CUSTOM_METRICS_VERSION"
  # Debian's finds no pods.
  TAGS=remove_all_sd,enable_kubernetes_sd program prometheus "$PROMETHEUS/cmd/prometheus" "$PROMETHEUS $PROMETHEUS_VERSION"
  program prometheus-operator "$OPERATOR/cmd/operator" "$OPERATOR $PROMETHEUS_OPERATOR_VERSION"
  program prometheus-config-reloader "$OPERATOR/cmd/prometheus-config-reloader" "$OPERATOR $PROMETHEUS_OPERATOR_VERSION"
  program argo-rollouts "$ROLLOUTS/cmd/rollouts-controller" "$ROLLOUTS $ARGO_ROLLOUTS_VERSION"
}

# program NAME PACKAGE 'MODULE VERSION'...: builds a package of these modules, or one that is in platform/, once, with the libraries that
# Kubernetes itself has, which are compiled already.
program() {
  local name=$1 package=$2 place=$CHART_BUILD/platform/$1
  if is_built "$name" "${*:3}"; then return 0; fi
  {
    module_beside_kubernetes "$place" "${@:3}" &&
      if [[ $package == ./* ]]; then cp -r "$here/platform/$package" "$place/"; fi &&
      (cd "$place" && nice -n 15 env GOFLAGS=-mod=mod go build -tags "${TAGS:-}" -ldflags '-s -w' -o "$BIN/$name" "$package")
  } &>"$CHART_BUILD/$name.log" ||
    { echo "SKIP $name cannot be built: $(tail -n 1 "$CHART_BUILD/$name.log")" && exit 77; }
  echo "${*:3}" >"$BIN/$name.version"
}

install_metrics() {
  image metrics "$BIN"/{metrics-server,prometheus,prometheus-{adapter,operator,config-reloader}}
  # They are larger than the annotation may be that an apply leaves behind.
  kube create -f "$(module_dir "$OPERATOR" "$PROMETHEUS_OPERATOR_VERSION")/example/prometheus-operator-crd"
  apply metrics
  adapter_rules | kube -n monitoring create configmap prometheus-adapter --from-file=config.yaml=/dev/stdin
  kube -n monitoring wait prometheus/prometheus --for=condition=Available --timeout="${PATIENCE_S}s"
  kube -n monitoring rollout status deployment --timeout="${PATIENCE_S}s"
  kube wait apiservice v1beta1.metrics.k8s.io v1beta2.custom.metrics.k8s.io --for=condition=Available --timeout="${PATIENCE_S}s"
}

# The values for the adapter's chart that k8s/README.md names, as its own file has them.
adapter_rules() {
  # shellcheck disable=SC2016  # the backquotes are those of Markdown
  (cd "$here/.." && node -e '
    const yaml = require("yaml");
    const [, block] = /^```yaml\n(rules:\n[^]*?)^```$/m.exec(require("node:fs").readFileSync(process.argv[1], "utf8"));
    console.log(yaml.stringify({ rules: yaml.parse(block).rules.custom }));' "$ROOT/k8s/README.md")
}

install_rollouts() {
  image rollouts "$BIN/argo-rollouts"
  kube create -k "$(module_dir "$ROLLOUTS" "$ARGO_ROLLOUTS_VERSION")/manifests/crds"
  apply rollouts
  kube -n argo-rollouts rollout status deployment --timeout="${PATIENCE_S}s"
}

# image NAME FILE...: cartwright-cluster/NAME:1 with these programs in /bin, in both nodes' stores.
image() {
  local image=cartwright-cluster/$1:1 context
  context=$(mktemp -d)
  cp "${@:2}" "$context"
  "$DOCKER" build -q -t "$image" -f - "$context" >/dev/null <<<'FROM debian:bookworm-slim
COPY * /bin/
USER 65532:65532'
  rm -r "$context"
  "$here/cluster.sh" load "$image"
}

# apply PART: when what was created before is known.
apply() {
  kube wait --for=condition=Established crd --all --timeout=60s
  kube apply -f "$here/platform/$1.yaml"
}

kube() {
  "$here/cluster.sh" exec kubectl "$@" >/dev/null
}

main "$@"
