#!/usr/bin/env bash
# ./cartwright build: everything, tests included.
# shellcheck source=lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/launcher.sh"

parse_options "" "$@"
ensure_packages build bookworm-backports node
build_targets
build_web
install_seed_packages
say "Built in $BUILD."
