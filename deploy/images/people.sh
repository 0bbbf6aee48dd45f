#!/usr/bin/env bash
# people.sh ETC: adds the user that every process of an image runs as to the files in that directory.
set -euo pipefail

echo "cartwright:x:65532:65532:Cartwright:/nonexistent:/usr/sbin/nologin" >>"$1/passwd"
echo "cartwright:x:65532:" >>"$1/group"
