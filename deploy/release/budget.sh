#!/usr/bin/env bash
# budget.sh TAG: whether the shop has error budget left for a release, as Prometheus says by the rules of
# k8s/chart/files/alerts/budget.yaml. Refuses when an objective has less than none, and when one is not known.
#
#   CARTWRIGHT_PROMETHEUS        its URL
#   CARTWRIGHT_PROMETHEUS_TOKEN  a bearer token for it, if it wants one
#   CARTWRIGHT_NAMESPACE         the shop's namespace (shop)
#   CARTWRIGHT_OVER_BUDGET       "TAG REASON": release this tag all the same, since it mends what ate the budget
set -euo pipefail

OBJECTIVES=(availability product cart checkout)

main() {
  local tag=${1:?budget.sh: TAG is missing} override=${CARTWRIGHT_OVER_BUDGET:-}
  if has_budget; then return 0; fi
  # With the tag in it, it is for this release alone, and no setting that stays.
  if [[ $override == "$tag "?* ]]; then
    echo "OVERRIDE $tag is released without budget: ${override#"$tag "}"
    return 0
  fi
  echo "no release without budget; one that mends this: CARTWRIGHT_OVER_BUDGET='$tag REASON'" >&2
  return 1
}

has_budget() {
  local answer objective left status=0
  [[ ${CARTWRIGHT_PROMETHEUS:-} ]] || { echo "CARTWRIGHT_PROMETHEUS is empty: the budget is not known" >&2 && return 1; }
  answer=$(ask "min by (slo) (cartwright:slo_budget_left:ratio30d{namespace=\"${CARTWRIGHT_NAMESPACE:-shop}\"})") ||
    { echo "Prometheus does not answer: the budget is not known" >&2 && return 1; }
  for objective in "${OBJECTIVES[@]}"; do
    left=$(jq -r --arg slo "$objective" '.data.result[] | select(.metric.slo == $slo).value[1] | tonumber? | select(isnormal or . == 0)' <<<"$answer")
    if [[ ! $left ]]; then
      echo "$objective: Prometheus knows no budget of it" >&2
      status=1
    else
      jq -rn --arg slo "$objective" --argjson left "$left" '"\($slo): \($left * 1000 | round / 10) % of the budget is left"'
      jq -en --argjson left "$left" '$left >= 0' >/dev/null || status=1
    fi
  done
  return "$status"
}

# ask QUERY. The token is no word of a command line, which others can read.
ask() {
  curl --silent --show-error --fail --max-time 60 --get --data-urlencode "query=$1" --config - "${CARTWRIGHT_PROMETHEUS%/}/api/v1/query" \
    <<<"${CARTWRIGHT_PROMETHEUS_TOKEN:+header = \"Authorization: Bearer $CARTWRIGHT_PROMETHEUS_TOKEN\"}" |
    jq -e 'select(.status == "success")'
}

main "$@"
