# What people see: steps, progress of long ones, errors.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the colours are used by the files that source this one

BOLD='' RED='' GREEN='' YELLOW='' PLAIN=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
fi

# A reader that went away (`up | head`) must not take the supervisor down: hence `|| true`.
say() { printf '%s\n' "$*" 2>/dev/null || true; }
step() { say "$BOLD==>$PLAIN $*"; }

die() {
  printf '%s\n' "${RED}cartwright: $*$PLAIN" >&2
  exit 1
}

# run_logged NAME TITLE COMMAND...: runs a long command with its output in a file and its progress
# on the screen. When it fails, shows the part of the output that says why.
run_logged() {
  local name=$1 title=$2 log=$LOG/setup-$1.log
  shift 2
  mkdir -p "$LOG"
  step "$title"
  if "$@" </dev/null 2>&1 | tee "$log" | show_progress; then
    return 0
  fi
  show_failure "$log" >&2
  die "$name failed; all of its output is in $log"
}

# On a terminal the last line of output stays in one place; elsewhere (CI) one line now and then
# shows that it is still moving.
show_progress() {
  local line shown=$SECONDS columns
  columns=$(tput cols 2>/dev/null || echo 80)
  while IFS= read -r line; do
    if [[ -t 1 ]]; then
      printf '\r\e[K    %s' "${line:0:columns-5}"
    elif ((SECONDS - shown >= 15)); then
      say "    ${line:0:120}"
      shown=$SECONDS
    fi
  done
  if [[ -t 1 ]]; then printf '\r\e[K'; fi
}

# The first error and what follows it; compilers and ninja print much after it.
show_failure() {
  local log=$1 first
  first=$(grep -n -m1 -E '^FAILED:|error:|CMake Error|^E: ' "$log" | cut -d: -f1) || true
  if [[ -n $first ]]; then
    tail -n "+$first" "$log" | head -n 60
  else
    tail -n 40 "$log"
  fi
}

# show_last_words PROCESS
show_last_words() {
  say "--- the last lines of $LOG/$1.log"
  say "$(tail -n 8 "$LOG/$1.log" 2>/dev/null)"
}
