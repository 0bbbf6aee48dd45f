#!/usr/bin/env bash
# ./cartwright help
set -euo pipefail

cat <<'HELP'
Cartwright: a shop that people can trust with money.

  ./cartwright up [--port P] [--data DIR] [--detach] [--products N] [--replicas N] [--tls] [--no-build]
        Install what is missing (Debian 12, root or sudo), build, create a private Postgres,
        migrate, seed, start every process, wait until the shop is ready, and keep it running.
        Ctrl-C stops it. --detach returns when it is ready; `down` stops it then.
        --port      public HTTP port (8080); everything else listens on the 19 ports after it
        --replicas  how many of each service and of the gateway (1 to 4), 20 ports for each;
                    the second order is called order-2, the second gateway listens on P+20
        --tls       https with a certificate of the shop's own development authority, DATA/tls/ca.crt
        --data      where the database, secrets and logs live (.local)
        --products  size of the catalog that is made on the first start
        --no-build  start what is already built
  ./cartwright down                 Stop it: gateway, services, then Postgres.
  ./cartwright status               Every process, its address, and whether it is ready.
  ./cartwright restart [PROCESS]    Stop one process (or all but Postgres); the supervisor starts it again.
  ./cartwright logs [-f] [PROCESS]  The last lines of the logs; -f follows.
  ./cartwright psql [SERVICE] [psql options]
                                    A SQL prompt as the owner of the service's schema, or as superuser.
  ./cartwright audit [--quiescent] [--anchor FILE]
                                    Check every rule about money, stock, orders and the audit logs, in one
                                    snapshot; exit status 1 when one is broken. --quiescent: first wait, a
                                    minute at most, until every order is at its end, which is then a rule,
                                    too. --anchor: the logs still have the heads that an audit printed.
  ./cartwright seed [--products N]  Fill the catalog and make the demo users of a running shop.

  ./cartwright saga ls [--dead | --all] [--state STATE] [--older-than SECONDS]
  ./cartwright saga show ORDER
  ./cartwright saga retry|force-abort ORDER --note TEXT [--as NAME]
  ./cartwright saga resolve ORDER roll-forward --note TEXT [--as NAME]
        What stands still, and what a person may do about it (docs/runbooks/stuck-saga.md).
  ./cartwright keys ls | rotate     The keys that sign access tokens; rotate makes the next one sign.
  ./cartwright clients ls
  ./cartwright clients add ID NAME REDIRECT_URI... [--secret]
  ./cartwright clients rm ID
        The applications that people can sign in to with their account of the shop. --secret is for one
        that can keep a secret; it is shown once.
  ./cartwright call SERVICE METHOD [JSON | -]
        One RPC, as the operator. `call list` has all of them, `call describe NAME` what one takes.

  ./cartwright build                Build everything, tests included.
  ./cartwright test [ctest options] Install, build and run every test.
  ./cartwright chaos [--minutes N] [--seed S] [--rate R] [--replicas N]
                                    Break a shop of its own under load, again and again, and check that
                                    nothing is lost (10 minutes, 2 of everything). The seed is printed.
  ./cartwright chaos --exhaustive [--seconds N] [--seed S] [--twice]
                                    Kill, stop or cut off a process at every point that has a name, one
                                    after the other: an hour or two, or a sample as long as is said. With
                                    --twice, what mends it is killed as well.
  ./cartwright chaos --controls     Put eleven bugs in, one after the other: each must be found.
  ./cartwright mutation [WORDS]     Take rules of access away, one after the other: a test must turn red for each.
  ./cartwright chaos --powerloss    Cut the power under load, on a disk that forgets what nobody synced.
  ./cartwright fuzz [TARGET...] [--seconds N]
                                    Made-up input for the gateway's parsers, 600 seconds for each of them.
  ./cartwright lint                 Formatting, shell scripts, protos.
  ./cartwright chart [--apiserver] [--cluster]
                                    Check the Helm charts, the overlays and the workflows. Needs Go, for helm
                                    and others; what cannot be had is skipped, and said.
  ./cartwright lint --security      What is shipped: hardening flags, bills of materials (build/sbom),
                                    licences, what is known against packages of npm and Debian.

Two checkouts, or two data directories of one, run side by side: give each `--data DIR` (or set
CARTWRIGHT_DATA). Without --port, the next block of free ports is taken.
HELP
