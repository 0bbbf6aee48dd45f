#!/usr/bin/env bash
# debian.sh COMMAND...: runs a command of this checkout on a bare Debian 12, made by debootstrap, which checks Debian's
# signatures. For machines that run something else; needs root.
#
#   CARTWRIGHT_DEBIAN          where it is kept, for the next time (/var/cache/cartwright-debian)
#   CARTWRIGHT_DEBIAN_MIRROR   where packages come from (debootstrap's own choice)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
debian=${CARTWRIGHT_DEBIAN:-/var/cache/cartwright-debian}
inside=/src

main() {
  (($#)) || { echo "debian.sh: a command is missing" >&2 && exit 64; }
  ((EUID == 0)) || { echo "debian.sh: must be run as root" >&2 && exit 77; }
  make_debian
  enter "$@"
}

make_debian() {
  if [[ -f $debian/etc/cartwright-ready ]]; then return 0; fi
  if ! command -v debootstrap >/dev/null; then
    apt-get update -q
    apt-get install -y -q --no-install-recommends debootstrap debian-archive-keyring
  fi
  rm -rf "$debian"
  debootstrap --variant=minbase --include=ca-certificates,git \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg bookworm "$debian" \
    ${CARTWRIGHT_DEBIAN_MIRROR:+"$CARTWRIGHT_DEBIAN_MIRROR"}
  touch "$debian/etc/cartwright-ready"
}

# In a mount namespace of its own: whatever happens, nothing stays mounted.
enter() {
  mkdir -p "$debian$inside"
  # shellcheck disable=SC2016  # the inner shell fills that in
  exec unshare --mount --pid --fork --kill-child bash -ec '
    debian=$1 root=$2 inside=$3
    shift 3
    mount --bind "$root" "$debian$inside"
    mount -t proc proc "$debian/proc"
    mount --rbind /dev "$debian/dev"
    mount --rbind /sys "$debian/sys"
    cp /etc/resolv.conf "$debian/etc/resolv.conf"
    exec chroot "$debian" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
      LANG=C.UTF-8 CI="${CI:-}" bash -c "cd $inside && git config --global --add safe.directory $inside && exec \"\$@\"" bash "$@"
  ' bash "$debian" "$root" "$inside" "$@"
}

main "$@"
