#!/usr/bin/env bash
# verify.sh DIRECTORY PUBLIC_KEY [VERSION]: whether the files of a release are what was signed: SHA256SUMS has a signature by
# the key in the file PUBLIC_KEY (of OpenSSH, a line for each that is good), every file in DIRECTORY is listed there, with the
# bytes that it has, and with VERSION the charts are of that. Needs bash, ssh-keygen and sha256sum, and nothing of a checkout.
set -euo pipefail
export LC_ALL=C
# What the signature is for: one that the same key made of anything else is none.
NAMESPACE=cartwright-release
SUMS=SHA256SUMS

main() {
  (($# == 2 || $# == 3)) || { echo "usage: verify.sh DIRECTORY PUBLIC_KEY [VERSION]" >&2 && exit 64; }
  local directory=$1 key=$2 version=${3:-} chart
  [[ -d $directory ]] || refuse "there is no directory $directory"
  [[ -s $key ]] || refuse "there is no public key $key"
  check_signature "$directory" "$key"
  cd "$directory"
  check_sums
  check_names
  for chart in ${version:+"cartwright-$version.tgz" "cartwright-data-$version.tgz"}; do
    [[ -f $chart ]] || refuse "this is another release: it has no $chart"
  done
  echo "$(($(wc -l <"$SUMS"))) files are as they were signed: $(echo cartwright-[0-9]*.tgz)"
}

refuse() {
  echo "verify.sh: $*" >&2
  exit 1
}

check_signature() {
  [[ -f $1/$SUMS ]] || refuse "there is no $SUMS"
  [[ -f $1/$SUMS.sig ]] || refuse "nobody has signed this: there is no $SUMS.sig"
  ssh-keygen -Y verify -q -n "$NAMESPACE" -I release -s "$1/$SUMS.sig" <"$1/$SUMS" \
    -f <(sed -E "/^[[:space:]]*(#|$)/d; s/^/release namespaces=\"$NAMESPACE\" /" "$2") >/dev/null ||
    refuse "$SUMS was not signed by the key in $2"
}

check_sums() {
  local name
  # Names without a directory; a line that is none would be skipped.
  if grep -qvE '^[0-9a-f]{64}  [A-Za-z0-9][A-Za-z0-9._-]*$' "$SUMS"; then refuse "$SUMS has a line that is no sum of a file"; fi
  while read -r _ name; do [[ -f $name && ! -L $name ]] || refuse "$name is missing"; done <"$SUMS"
  sha256sum --check --quiet --strict "$SUMS" || refuse "a file is not what was signed"
}

check_names() {
  local name
  while IFS= read -r name; do refuse "$name is not of the release"; done \
    < <(comm -13 <({ sed 's/^.*  //' "$SUMS" && printf '%s\n' "$SUMS" "$SUMS.sig"; } | sort) <(find . -mindepth 1 -maxdepth 1 -printf '%f\n' | sort))
}

main "$@"
