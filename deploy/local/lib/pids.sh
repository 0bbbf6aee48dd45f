# Which processes are ours. A pid alone proves nothing: after a crash or a reboot it may belong to
# somebody else. A pid file therefore holds the pid and the process's start time (clock ticks
# since boot), and a process counts as ours only while both match.
# shellcheck shell=bash

# Sets START_TIME, or fails when there is no such process or it is only a zombie. No forks: this
# runs many times a second while a process is awaited.
read_start_time() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  local -a fields
  # The second field is the name in brackets and may hold spaces and brackets itself.
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z && ${fields[0]} != X ]] || return 1
  START_TIME=${fields[19]}
}

# Called by the new process itself before it becomes the program, so that there is no moment in
# which a killed supervisor leaves a child that no pid file names.
write_own_pid_file() {
  read_start_time "$BASHPID"
  echo "$BASHPID $START_TIME" >"$RUN/$1.pid"
}

# Sets FOUND_PID to the living process of that name, or fails.
find_process() {
  local start_time
  FOUND_PID=
  { read -r FOUND_PID start_time <"$RUN/$1.pid"; } 2>/dev/null || return 1
  read_start_time "$FOUND_PID" && [[ $START_TIME == "$start_time" ]] && return 0
  FOUND_PID=
  return 1
}

# pause SECONDS, without a `sleep` process that would outlive a killed parent.
pause() {
  read -rt "$1" <> <(:) || true
}
