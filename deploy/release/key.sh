# The key that releases are signed with. Sourced.
# shellcheck shell=bash

# with_key COMMAND...: runs it with the word KEY replaced by the name of a file that has the private key, for as long as the
# command runs. Fails without a key.
with_key() {
  (
    [[ ${CARTWRIGHT_RELEASE_KEY:-} ]] ||
      { echo "there is no key to sign the release with: CARTWRIGHT_RELEASE_KEY is empty, and what is not signed is not published" >&2 && exit 1; }
    place=$(mktemp -d)
    trap 'rm -rf "$place"' EXIT
    (umask 077 && printf '%s\n' "$CARTWRIGHT_RELEASE_KEY" >"$place/release")
    "${@/#KEY/$place/release}"
  )
}

# check_key: the private key is one of those that people verify with, CARTWRIGHT_RELEASE_PUBLIC_KEY, and says so.
check_key() {
  local public
  [[ ${CARTWRIGHT_RELEASE_PUBLIC_KEY:-} ]] || { echo "CARTWRIGHT_RELEASE_PUBLIC_KEY is empty: nobody could verify the release" >&2 && return 1; }
  public=$(with_key ssh-keygen -y -P '' -f KEY) || { echo "CARTWRIGHT_RELEASE_KEY is no private key without a passphrase" >&2 && return 1; }
  grep -qF "$(cut -d' ' -f1,2 <<<"$public")" <<<"$CARTWRIGHT_RELEASE_PUBLIC_KEY" ||
    { echo "CARTWRIGHT_RELEASE_KEY is not of CARTWRIGHT_RELEASE_PUBLIC_KEY, with which people verify" >&2 && return 1; }
}
