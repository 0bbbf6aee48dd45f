#!/usr/bin/env bash
# install.sh SECTION...: installs what deploy/local/packages.txt lists there, from where the base image
# gets its packages.
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"

ensure_packages "$@"
# What only installing needed is no part of a layer.
rm -rf "$DATA" /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log
