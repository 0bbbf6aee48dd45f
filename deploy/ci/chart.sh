#!/usr/bin/env bash
# What the chart checks need, from the machine's packages, and then the checks, none of which may be skipped. Go has to be
# there: 1.21 or newer, which fetches the version that a program asks for.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
packages=(protobuf-compiler golang-github-grpc-ecosystem-grpc-gateway-dev prometheus etcd-server openssl openssh-client curl jq)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if ((${#missing[@]})); then
  sudo apt-get update -q
  sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
fi
CARTWRIGHT_CHART_STRICT=1 GOTOOLCHAIN=${GOTOOLCHAIN:-auto} exec "$root/cartwright" chart "$@"
