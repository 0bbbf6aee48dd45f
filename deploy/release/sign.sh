#!/usr/bin/env bash
# sign.sh: signs the files of a release (files.sh) by signing SHA256SUMS, which has the sums of all others, into
# SHA256SUMS.sig. CARTWRIGHT_RELEASE_KEY is the key itself: a private key of OpenSSH without a passphrase.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=key.sh
source "$root/deploy/release/key.sh"

files=${CARTWRIGHT_RELEASE_FILES:-$root/build/release-files}
[[ -f $files/SHA256SUMS ]] || { echo "sign.sh: there is no $files/SHA256SUMS; files.sh makes it" >&2 && exit 1; }
with_key ssh-keygen -Y sign -q -n cartwright-release -f KEY - <"$files/SHA256SUMS" >"$files/SHA256SUMS.sig.new"
mv "$files/SHA256SUMS.sig.new" "$files/SHA256SUMS.sig"
