#!/usr/bin/env bash
# ./cartwright chart [--apiserver] [--cluster]: checks the charts and the workflows, in tiers. What a tier needs and cannot be had is
# a line that begins with SKIP and says why; with CARTWRIGHT_CHART_STRICT=1 it is a failure.
#
#   generated   call graph, statements of the database and READMEs are what their sources say
#   values      sets of values: lint, render, refuse; rules about everything that is rendered
#   schemas     every rendered object against the OpenAPI documents of three versions of Kubernetes
#   kustomize   the overlays build
#   alerts      promtool
#   release     what is released is signed, verified, and refused without budget (tests/release)
#   workflows   actionlint
#   apiserver   a real API server, in a namespace that enforces `restricted`; only with --apiserver, since
#               it is compiled for that: minutes of all cores
#   cluster     a cluster of two nodes, on which the charts are installed and the shop lives through what happens
#               to shops (cluster/check.sh); only with --cluster: needs root, the images, and an hour
#   operators   another one, with cert-manager, CloudNativePG and a store for backups (cluster/operators.sh); only with
#               --cluster, too
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ROOT=$(cd "$here/../.." && pwd -P)
# shellcheck source=tools.sh
source "$here/tools.sh"

FAILED=()
SKIPPED=()

main() {
  local argument
  mkdir -p "$CHART_BUILD"
  cd "$ROOT"
  install_node_packages
  tier generated check_generated
  tier values check_values
  tier schemas check_schemas
  tier kustomize check_overlays
  tier alerts check_alerts
  tier release check_release
  tier workflows check_workflows
  for argument in "$@"; do
    case $argument in
      --apiserver) tier apiserver "$here/apiserver.sh" ;;
      --cluster)
        tier cluster "$here/cluster/check.sh"
        tier operators "$here/cluster/operators.sh"
        ;;
      *) echo "chart takes --apiserver and --cluster, not '$argument'" >&2 && return 64 ;;
    esac
  done
  echo "chart: ${#FAILED[@]} failed, ${#SKIPPED[@]} skipped"
  if [[ ${CARTWRIGHT_CHART_STRICT:-} == 1 && ${#SKIPPED[@]} -gt 0 ]]; then return 1; fi
  ((${#FAILED[@]} == 0)) || { echo "failed: ${FAILED[*]}" >&2 && return 1; }
}

# tier NAME COMMAND: exit status 77 means that it could not run.
tier() {
  local name=$1 status=0
  shift
  echo "==> $name"
  (set -e && "$@") || status=$?
  case $status in
    0) ;;
    77) SKIPPED+=("$name") ;;
    *) FAILED+=("$name") ;;
  esac
}

skip() {
  echo "SKIP $1"
  exit 77
}

install_node_packages() {
  if cmp -s "$here/package-lock.json" "$here/node_modules/installed-lock.json"; then return 0; fi
  npm ci --prefix "$here" --ignore-scripts --loglevel=error
  cp "$here/package-lock.json" "$here/node_modules/installed-lock.json"
}

check_generated() {
  "$here/database_sql.sh"
  node "$here/values_readme.mjs" k8s/chart
  node "$here/values_readme.mjs" k8s/data
  command -v protoc >/dev/null || skip "the call graph: no protoc (./cartwright build installs it)"
  "$here/call_graph.sh"
}

need_helm() {
  go_program helm helm.sh/helm/v3/cmd/helm "$HELM_VERSION" ||
    skip "helm $HELM_VERSION cannot be built: $(why_not helm)"
}

why_not() {
  if ! command -v go >/dev/null; then echo "there is no go"; else tail -n 1 "$CHART_BUILD/$1.log"; fi
}

check_values() {
  need_helm
  rm -rf "$CHART_BUILD/rendered"
  mkdir -p "$CHART_BUILD/rendered"
  HELM=$BIN/helm RENDERED=$CHART_BUILD/rendered KUBERNETES_VERSIONS="${KUBERNETES_VERSIONS[*]}" \
    node --test --test-reporter=dot tests/chart/*.test.mjs
}

check_schemas() {
  local version dir
  local -a crds
  ls "$CHART_BUILD"/rendered/*.yaml &>/dev/null || skip "nothing was rendered"
  go_program kubeconform github.com/yannh/kubeconform/cmd/kubeconform "$KUBECONFORM_VERSION" ||
    skip "kubeconform $KUBECONFORM_VERSION cannot be built: $(why_not kubeconform)"
  mapfile -t crds < <(crd_files)
  ((${#crds[@]})) || skip "the custom resource definitions cannot be had"
  for version in "${KUBERNETES_VERSIONS[@]}"; do
    dir=$CHART_BUILD/schemas/$version
    if ! cmp -s "$dir/made-of" <(printf '%s\n' "${crds[@]}"); then
      kubernetes=$(module_dir k8s.io/kubernetes "v$version") || skip "the OpenAPI document of Kubernetes $version cannot be had"
      mkdir -p "$dir"
      node "$here/schemas.mjs" "$dir" "$kubernetes/api/openapi-spec/swagger.json" "${crds[@]}"
      printf '%s\n' "${crds[@]}" >"$dir/made-of"
    fi
    conform "$dir" "$CHART_BUILD"/rendered/*@"$version".yaml
    # What refuses nothing proves nothing.
    if sed 's/ preStop:/ preStopp:/' "$CHART_BUILD/rendered/app-minimal@$version.yaml" | conform "$dir" - &>/dev/null; then
      echo "a misspelt field was accepted for Kubernetes $version" >&2
      return 1
    fi
  done
}

# conform SCHEMAS FILE...
conform() {
  local dir=$1
  shift
  "$BIN/kubeconform" -strict -summary -schema-location "$dir/{{.ResourceKind}}{{.KindSuffix}}.json" "$@"
}

check_overlays() {
  local overlay
  command -v kubectl >/dev/null || skip "there is no kubectl"
  kubectl version --client 2>/dev/null | grep -q Kustomize || skip "kubectl is without kustomize"
  need_helm
  for overlay in dev prod; do
    kubectl kustomize --enable-helm --helm-command "$BIN/helm" "k8s/overlays/$overlay" >"$CHART_BUILD/$overlay.yaml"
    echo "$overlay: $(grep -c '^kind:' "$CHART_BUILD/$overlay.yaml") objects"
  done
}

check_alerts() {
  command -v promtool >/dev/null || skip "there is no promtool (Debian's package prometheus has it)"
  promtool check rules k8s/chart/files/alerts/*.yaml k8s/data/files/alerts.yaml
  promtool test rules tests/chart/alerts/*.yaml
}

check_release() {
  local program
  need_helm
  for program in ssh-keygen jq curl prometheus promtool; do command -v "$program" >/dev/null || skip "there is no $program"; done
  node --test --test-reporter=dot tests/release/signed.test.mjs tests/release/budget.test.mjs
}

check_workflows() {
  go_program actionlint github.com/rhysd/actionlint/cmd/actionlint "$ACTIONLINT_VERSION" ||
    skip "actionlint $ACTIONLINT_VERSION cannot be built: $(why_not actionlint)"
  "$BIN/actionlint" -color=false
}

main "$@"
