# Which client of the engine builds images. Sourced.
# shellcheck shell=bash
# shellcheck disable=SC2034  # who sources this reads BUILDER_PROBLEM

export DOCKER=${DOCKER:-docker}

# find_builder: sets DOCKER, or fails and says why in BUILDER_PROBLEM. The engine must answer, and its client must have
# BuildKit, for the cache of the compiler. Of several clients on the path the first that has it is taken: one of another origin than
# the engine may lack the plugin that it needs for that.
find_builder() {
  local client
  export DOCKER_BUILDKIT=1
  BUILDER_PROBLEM="there is no $DOCKER here"
  for client in $(type -ap "$DOCKER"); do
    if ! timeout 20 "$client" info &>/dev/null; then
      BUILDER_PROBLEM="no engine answers to $client"
    elif ! timeout 60 "$client" build -q - <<<'FROM scratch
LABEL probe=1' &>/dev/null; then
      BUILDER_PROBLEM="$client has no BuildKit"
    else
      DOCKER=$client
      return 0
    fi
  done
  return 1
}
