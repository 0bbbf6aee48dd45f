# The registry that a release's images and charts go to: CARTWRIGHT_REGISTRY, such as registry/owner/cartwright. Sourced.
# shellcheck shell=bash

# sign_in COMMAND...: runs it (docker login, helm registry login) with CARTWRIGHT_REGISTRY_USER and CARTWRIGHT_REGISTRY_TOKEN, and
# what it keeps is gone when the script ends: nothing is left on the machine. Without a user nobody signs in.
sign_in() {
  : "${CARTWRIGHT_REGISTRY:?must say where images and charts go, such as registry/owner/cartwright}"
  [[ ${CARTWRIGHT_REGISTRY_USER:-} ]] || return 0
  export DOCKER_CONFIG HELM_REGISTRY_CONFIG
  DOCKER_CONFIG=$(mktemp -d)
  HELM_REGISTRY_CONFIG=$DOCKER_CONFIG/helm.json
  trap 'rm -rf "$DOCKER_CONFIG"' EXIT
  "$@" "${CARTWRIGHT_REGISTRY%%/*}" --username "$CARTWRIGHT_REGISTRY_USER" --password-stdin \
    <<<"${CARTWRIGHT_REGISTRY_TOKEN:?must be the password of CARTWRIGHT_REGISTRY_USER}" >&2
}
