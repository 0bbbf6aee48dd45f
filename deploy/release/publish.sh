#!/usr/bin/env bash
# publish.sh TAG: makes the release of a tag from build/release-files, once check.sh has nothing against it. Needs gh and
# GH_TOKEN. A release that exists is not changed: what people have checked stays what it was.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tag=${1:?publish.sh: TAG is missing}
notes="See CHANGELOG.md, and docs/releases.md for how to verify this."
if [[ ${CARTWRIGHT_OVER_BUDGET:-} == "$tag "* ]]; then
  notes+=$'\n\n'"Released without error budget: ${CARTWRIGHT_OVER_BUDGET#"$tag "}"
fi
deploy/release/check.sh "${tag#v}"
gh release create "$tag" --verify-tag --title "$tag" --notes "$notes" build/release-files/*
