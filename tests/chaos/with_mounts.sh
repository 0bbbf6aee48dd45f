#!/usr/bin/env bash
# with_mounts.sh COMMAND...: runs a command that mounts things, in a mount namespace of its own: whatever
# happens, no mount is left behind. Ends with 77, which means skipped, where nothing may be mounted.
set -euo pipefail

if ! unshare --mount true 2>/dev/null; then
  echo "SKIPPED: no right to mount; this needs root" >&2
  exit 77
fi
exec unshare --mount "$@"
