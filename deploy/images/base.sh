#!/usr/bin/env bash
# base.sh: makes the image debian:bookworm-slim that everything is built on, where no registry has it for
# us: debootstrap from where this machine gets its own packages, with the sources and the authorities that
# it trusts. Does nothing when the image is there. Needs root.
# shellcheck source=../local/lib/launcher.sh
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib/launcher.sh"

NAME=debian:bookworm-slim
DOCKER=${DOCKER:-docker}

main() {
  if "$DOCKER" image inspect "$NAME" &>/dev/null; then return 0; fi
  if timeout 60 "$DOCKER" pull -q "$NAME" &>/dev/null; then return 0; fi
  command -v debootstrap >/dev/null || die "no registry has $NAME for us, and debootstrap is not installed"
  ((EUID == 0)) || die "debootstrap needs root"
  step "Making $NAME with debootstrap"
  PLACE=$(mktemp -d /var/tmp/cartwright-base.XXXXXX)
  trap 'rm -rf "$PLACE"' EXIT
  run_logged debootstrap "Unpacking Debian" \
    debootstrap --variant=minbase --include=ca-certificates bookworm "$PLACE/system" "$(mirror)"
  take_settings
  tar -C "$PLACE/system" --numeric-owner --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' -c . |
    "$DOCKER" import - "$NAME" >/dev/null
}

# What this machine's apt calls bookworm/main. apt fills the names in, not the shell.
# shellcheck disable=SC2016
mirror() {
  local uris
  uris=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' 'Codename: bookworm')
  [[ -n $uris ]] || die "apt has no source for bookworm/main"
  head -n 1 <<<"$uris"
}

# Debian's own sources alone: the machine may have others, which nothing here needs.
# shellcheck disable=SC2016
take_settings() {
  apt-get indextargets --format 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) main' \
    'Created-By: Packages' 'Component: main' 'Origin: Debian' | grep ' bookworm' | sort -u >"$PLACE/system/etc/apt/sources.list"
  # How to reach them: proxies and the like.
  apt-config dump | grep -E '^Acquire::(https?::|Check-)' >"$PLACE/system/etc/apt/apt.conf.d/90machine" || true
  # What is installed into an image need not survive a loss of power.
  echo force-unsafe-io >"$PLACE/system/etc/dpkg/dpkg.cfg.d/unsafe-io"
  cp -r /usr/local/share/ca-certificates/. "$PLACE/system/usr/local/share/ca-certificates/"
  chroot "$PLACE/system" update-ca-certificates >/dev/null
}

main "$@"
