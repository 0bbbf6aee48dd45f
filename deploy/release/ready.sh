#!/usr/bin/env bash
# ready.sh TAG: whether TAG may be released, before hours are spent on it: there is a key to sign with, the tag is of the
# version of these sources, and the shop has budget left for what a new version may break (budget.sh). Says all that is wrong.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=key.sh
source "$root/deploy/release/key.sh"
tag=${1:?ready.sh: TAG is missing}
version=$(sed -nE 's/^project\(cartwright VERSION ([0-9.]+).*/\1/p' "$root/CMakeLists.txt")
status=0

check_key || status=1
[[ $tag == "v$version" ]] || { echo "the tag is $tag, and CMakeLists.txt says $version" >&2 && status=1; }
"$root/deploy/release/budget.sh" "$tag" || status=1
exit "$status"
