#!/usr/bin/env bash
# publish.sh TAG: makes the release of a tag from build/release-files. Needs gh and GH_TOKEN. A release that exists is not
# changed: what people have checked stays what it was.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tag=${1:?publish.sh: TAG is missing}
(cd build/release-files && sha256sum --check --quiet SHA256SUMS)
gh release create "$tag" --verify-tag --title "$tag" --notes "See CHANGELOG.md." build/release-files/*
