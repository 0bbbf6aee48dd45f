# Everything that a script of the launcher stands on; sourced first by each of them.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C.UTF-8
# Node brings certificate authorities of its own; a machine that has others trusts those for a reason.
if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -r /etc/ssl/certs/ca-certificates.crt ]]; then
  export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
fi

LOCAL=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
ROOT=$(cd "$LOCAL/../.." && pwd -P)

# shellcheck source=settings.sh
source "$LOCAL/lib/settings.sh"
# shellcheck source=say.sh
source "$LOCAL/lib/say.sh"
# shellcheck source=options.sh
source "$LOCAL/lib/options.sh"
# shellcheck source=pids.sh
source "$LOCAL/lib/pids.sh"
# shellcheck source=packages.sh
source "$LOCAL/lib/packages.sh"
# shellcheck source=build.sh
source "$LOCAL/lib/build.sh"
# shellcheck source=ports.sh
source "$LOCAL/lib/ports.sh"
# shellcheck source=secrets.sh
source "$LOCAL/lib/secrets.sh"
# shellcheck source=tls.sh
source "$LOCAL/lib/tls.sh"
# shellcheck source=postgres.sh
source "$LOCAL/lib/postgres.sh"
# shellcheck source=routes.sh
source "$LOCAL/lib/routes.sh"
# shellcheck source=commands.sh
source "$LOCAL/lib/commands.sh"
# shellcheck source=operator.sh
source "$LOCAL/lib/operator.sh"
# shellcheck source=ready.sh
source "$LOCAL/lib/ready.sh"
# shellcheck source=stop.sh
source "$LOCAL/lib/stop.sh"

use_data_dir "${CARTWRIGHT_DATA:-$ROOT/.local}"
