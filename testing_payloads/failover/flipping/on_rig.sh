#!/usr/bin/env bash
# The pair of `python -m testing_payloads.failover.rig up`, for multi_db_flip.sh. Read in by it.
# shellcheck disable=SC2034,SC2154 # its variables are those of multi_db_flip.sh

find_the_pair() {
  rig_folder=${1:-${TMPDIR:-/tmp}/cairn-rig}
  [ ! -d "$rig_folder" ] || [ -x "$rig_folder" ] ||
    refuse "$rig_folder may not be read by you: use this as the user who started the rig."
  [ -S "$rig_folder/rig.sock" ] || refuse "no rig runs in $rig_folder: start one with" \
    "\`python -m testing_payloads.failover.rig up\`, or name its folder with --rig."
  # shellcheck source=/dev/null
  . "$rig_folder/rig.env"
  # A rig that was killed leaves its socket behind, and nobody listens there.
  grep -q " $RIG_SOCKET\$" /proc/net/unix || refuse "the rig in $rig_folder was killed, and its servers have ended" \
    "with it: start a new one with \`python -m testing_payloads.failover.rig up\`."
  lock_file=$rig_folder/flip.lock
  python=$root/.venv/bin/python
  [ -x "$python" ] || python=python3
}

of_node() { # NODE WHAT: NODE_A_PORT and the like
  local variable=NODE_${1^^}_$2
  printf '%s' "${!variable}"
}

# postmaster NODE: its process id; fails when it has gone. After SIGKILL its file stays, and the id may be another's.
postmaster() {
  local process
  read -r process 2>/dev/null <"$(of_node "$1" DATA)/postmaster.pid" && is_there "$process" && echo "$process"
}

# A process that ended, and that nobody has looked after yet, has gone.
is_there() {
  local name state
  read -r _ name state _ 2>/dev/null <"/proc/$1/stat" && [ "$name" = '(postgres)' ] && [ "$state" != Z ]
}

runs() { postmaster "$1" >/dev/null; }

ask() { # NODE STATEMENT...: each a transaction of its own
  local node=$1
  shift
  open_session "$node" "${answer_within:-5}" "${@/#/--command=}" </dev/null
}

# open_session NODE SECONDS [OPTIONS]: psql, which gives up after that long. Its password is not for the command line.
open_session() {
  local url role seconds=$2
  url=$(of_node "$1" ADMIN_URL)
  role=${url#*://} && role=${role%%@*}
  shift 2
  PGPASSWORD=${role#*:} PGCONNECT_TIMEOUT=2 timeout "$seconds" "$PSQL" "postgresql://${role%%:*}@${url#*@}" \
    --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"
}

stop_fast() {
  local process
  process=$(postmaster "$1") || return 0
  kill -INT "$process" 2>/dev/null && wait_until 30 have_gone "$process"
}

# With its children: for a moment they would go on without it. Held first, it starts no new ones.
end_at_once() {
  local process children
  process=$(postmaster "$1") || return 0
  kill -STOP "$process" 2>/dev/null
  read -r -a children <"/proc/$process/task/$process/children" || true
  kill -KILL "${children[@]}" "$process" 2>/dev/null
  wait_until 10 have_gone "${children[@]}" "$process"
}

have_gone() {
  local process
  for process in "$@"; do ! is_there "$process" || return 1; done
}

# The rig starts them, so that they end with the rig.
start_node() { have_rig start "$1"; }
start_haproxy() { have_rig restart-haproxy; }
have_rig() { (cd "$root" && "$python" -m testing_payloads.failover.rig "do" --folder "$rig_folder" "$@"); }

end_of_log() {
  local told
  told=$("${PSQL%/*}/pg_controldata" "$(of_node "$1" DATA)") || return 1
  [[ $told == *' shut down'$'\n'* && $told =~ 'Latest checkpoint location: '' '*([0-9A-F]+/[0-9A-F]+) ]] || return 1
  echo "${BASH_REMATCH[1]}"
}

# left_as NODE, which is down: writer:TIMELINE, standby:TIMELINE, or nothing when there are no data to go on from. Each
# promotion leaves a file with its number.
left_as() {
  local data each last=00000001 part=writer
  data=$(of_node "$1" DATA)
  [ -s "$data/PG_VERSION" ] && [ ! -e "$data.unfinished" ] || return 0
  [ ! -e "$data/standby.signal" ] || part=standby
  for each in "$data"/pg_wal/*.history; do [ ! -e "$each" ] || last=$(basename "$each" .history); done
  echo "$part:$last"
}

tell_haproxy() {
  local answer
  { exec 7<>"/dev/tcp/127.0.0.1/$HAPROXY_ADMIN_PORT"; } 2>/dev/null || return 1
  echo "$1" >&7
  while read -r -t 2 answer <&7; do [ -z "$answer" ] || echo "$answer"; done
  exec 7>&-
}
