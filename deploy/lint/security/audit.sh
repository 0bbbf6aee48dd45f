#!/usr/bin/env bash
# What is known against the npm packages of every lock file, and whether they are signed by the registry that
# they come from. Of what is shipped, weaknesses from moderate on fail; of tools, from high on. A registry
# without these services is said with SKIP and fails nothing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
status=0

main() {
  local lock directory
  audit web moderate --omit=dev
  while IFS= read -r lock; do
    directory=${lock#"$root"/}
    audit "${directory%/*}" high
  done < <(find "$root" -name node_modules -prune -o -name build -prune -o -name package-lock.json -print | sort)
  signatures web
  exit "$status"
}

# audit DIRECTORY LEVEL [OPTION...]
audit() {
  local directory=$1 level=$2 report
  shift 2
  report=$(cd "$root/$directory" && timeout 60 npm audit --json --package-lock-only --audit-level="$level" "$@" 2>/dev/null) &&
    echo "$directory $*: nothing known from $level on" && return
  if ! jq -e .auditReportVersion <<<"$report" >/dev/null 2>&1; then
    echo "SKIP npm audit of $directory${*:+ $*}: the registry does not answer it ($(reason "$report"))"
    return
  fi
  status=1
  jq -r --arg directory "$directory" '.vulnerabilities[] | select(.severity != "info") |
    "\($directory): \(.name) \(.range): \(.severity)"' <<<"$report" >&2
}

# signatures DIRECTORY: of what is installed there.
signatures() {
  local report
  report=$(cd "$root/$1" && timeout 120 npm audit signatures --json 2>/dev/null) || true
  if ! jq -e 'has("invalid") and has("missing")' <<<"$report" >/dev/null 2>&1; then
    echo "SKIP npm audit signatures of $1: the registry does not answer it ($(reason "$report"))"
  elif jq -e '.invalid + .missing | length > 0' <<<"$report" >/dev/null; then
    status=1
    jq -r '(.invalid[] | "\(.name)@\(.version): its signature is invalid"),
      (.missing[] | "\(.name)@\(.version): it has no signature")' <<<"$report" >&2
  else
    echo "$1: every package has a valid signature"
  fi
}

# Why there is no report, without the address of the registry.
reason() {
  [[ $1 ]] || { echo "no answer" && return; }
  jq -r '.statusCode // .error.code // "no reason given"' <<<"$1" 2>/dev/null || echo "not even JSON"
}

main
