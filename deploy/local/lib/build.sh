# Configuring and compiling. ninja decides what is stale; nothing is said when nothing is.
# shellcheck shell=bash

# What `up` needs; tests and benchmarks are left to `build` and `test`.
RUN_TARGETS=(cartwright.descriptors.binpb bin/cartwright-gateway bin/cartwright-call)
RUN_TARGETS+=("${SERVICES[@]/#/bin/cartwright-}")
RUN_TARGETS+=("${FAILPOINT_SERVICES[@]/#/bin/failpoints/cartwright-}")

# build_targets [TARGET...]: all of them by default.
build_targets() {
  local lock
  mkdir -p "$BUILD"
  # Two `up` of one checkout share a build directory, and ninja takes no lock.
  exec {lock}<"$BUILD"
  flock "$lock"
  if [[ ! -f $BUILD/build.ninja ]]; then
    run_logged cmake "Configuring ($PRESET)" cmake -S "$ROOT" --preset "$PRESET"
  fi
  if ! ninja -C "$BUILD" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
    run_logged build "Building ($PRESET); the first time takes some minutes" \
      ninja -C "$BUILD" -j "$(parallel_jobs)" "$@"
  fi
  exec {lock}<&-
}

# With another compiler, and into a build directory of its own.
build_fuzz_targets() (
  PRESET=fuzz BUILD=$ROOT/build/fuzz
  build_targets all
)

# gRPC and Beast take up to 1.5 GB a file: more compilers than memory end in the OOM killer.
parallel_jobs() {
  local cores memory_gb jobs
  cores=$(nproc)
  memory_gb=$(awk '/^MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
  jobs=$((memory_gb * 2 / 3))
  if ((jobs > cores)); then jobs=$cores; fi
  if ((jobs < 1)); then jobs=1; fi
  echo "$jobs"
}

# The storefront, when it is in the tree: built into web/dist, which the gateway serves.
build_web() {
  [[ -f $ROOT/web/package.json ]] || return 0
  local stamp=$ROOT/web/node_modules/.cartwright-build sum
  sum=$(web_checksum)
  if [[ -d $ROOT/web/dist && -f $stamp && $(<"$stamp") == "$sum" ]]; then return 0; fi
  install_web_packages
  run_logged web "Building the storefront" npm --prefix "$ROOT/web" run build
  # The build itself writes the generated types.
  web_checksum >"$stamp"
}

# What the storefront is built and checked with; nothing is said when it is there.
install_web_packages() {
  install_locked_packages "$ROOT/web" web-packages "Installing the storefront's packages"
}

# What tests in JavaScript run with, and what the types that they use come from; nothing is said when it is there.
install_test_packages() {
  install_browser_packages
  install_openapi_packages
  install_oidc_packages
  # shellcheck source=../../lint/packages.sh
  source "$ROOT/deploy/lint/packages.sh"
  install_lint_packages
}

# What drives the browser in tests/browser. The browser itself is Debian's.
install_browser_packages() {
  install_locked_packages "$ROOT/tests/browser" browser-packages "Installing the browser tests' packages"
}

# What tests/openapi checks JSON against its schemas with.
install_openapi_packages() {
  install_locked_packages "$ROOT/tests/openapi" openapi-packages "Installing the OpenAPI tests' packages"
}

# The OpenID Connect provider and client of tests/oidc.
install_oidc_packages() {
  install_locked_packages "$ROOT/tests/oidc" oidc-packages "Installing the OpenID Connect tests' packages"
}

# install_locked_packages DIRECTORY LOG TITLE: as its lock file says, unless that was done already.
install_locked_packages() {
  local directory=$1 stamp=$1/node_modules/.cartwright-lock sum
  sum=$(sha256sum <"$directory/package-lock.json")
  if [[ -f $stamp && $(<"$stamp") == "$sum" ]]; then return 0; fi
  run_logged "$2" "$3" npm --prefix "$directory" ci --no-audit --no-fund
  echo "$sum" >"$stamp"
}

# What the demo catalog is made with; nothing is said when it is there.
install_seed_packages() {
  if [[ -f $ROOT/deploy/seed/node_modules/.package-lock.json ]]; then return 0; fi
  run_logged seed-packages "Installing the seed's packages" "$ROOT/deploy/seed/seed.sh" --install-only
}

# Protos are part of it: the storefront's types are generated from them.
web_checksum() {
  find "$ROOT/web" "$ROOT/proto" \( -name node_modules -o -name dist \) -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum
}
