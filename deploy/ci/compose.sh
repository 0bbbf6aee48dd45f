#!/usr/bin/env bash
# compose.sh: looks into the images of deploy/images/build.sh, and at the shop of docker-compose.yml that is made of them: a
# journey, an upgrade and its rollback, a restore. Says SKIP where there is no engine. All run, and any that fails fails it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

status=0
node --test tests/images/*.test.mjs || status=$?
for test in journey upgrade_compose restore_compose; do
  tests/integration/with_compose.sh node --test "tests/integration/$test.test.mjs" || status=$?
done
exit "$status"
