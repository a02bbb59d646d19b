#!/usr/bin/env bash
# The pair as multi_db_flip.sh sees it: who writes, who follows, and what changes that. Read in by it.
# What differs between the rig and the compose file (runs, ask, stop_fast, ...) stands in flipping/on_rig.sh and
# flipping/on_compose.sh.
# shellcheck disable=SC2034,SC2154 # its variables are those of multi_db_flip.sh

other() { case $1 in a) echo b ;; b) echo a ;; *) echo neither ;; esac }

# part NODE: writer, standby, silent (its process is there, but does not answer) or down.
part() {
  runs "$1" || { echo down && return; }
  case $(ask "$1" 'SELECT pg_is_in_recovery()' 2>/dev/null) in
    f) echo writer ;;
    t) echo standby ;;
    *) echo silent ;;
  esac
}

# Fill in part_of, and from it writer and standby: empty when there is none, `both` when both are.
declare -A part_of
look() {
  local node
  writer='' standby=''
  for node in a b; do
    part_of[$node]=$(part "$node")
    case ${part_of[$node]} in
      writer) writer=${writer:+both} && writer=${writer:-$node} ;;
      standby) standby=${standby:+both} && standby=${standby:-$node} ;;
    esac
  done
}

is_writer() { [ "$(part "$1")" = writer ]; }
is_not_silent() { [ "$(part "$1")" != silent ]; }
writer_now() {
  look
  echo "${writer:-nobody}"
}

# follows WRITER [synchronously]: whether the other streams from it, and its commits wait for that.
follows() {
  [ "$(ask "$1" "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND \
    application_name = 'postgres_$(other "$1")' AND ('${2:-}' = '' OR sync_state <> 'async')" 2>/dev/null)" = 1 ]
}

# At most 1 MB to replay: that takes no time that anybody would notice.
is_caught_up() {
  [ "$(ask "$1" "SELECT count(*) FROM pg_stat_replication WHERE \
    pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) < 1000000" 2>/dev/null)" = 1 ]
}

# is_not_behind A B: of two standbys.
is_not_behind() {
  local of_b
  of_b=$(ask "$2" 'SELECT pg_last_wal_replay_lsn()') &&
    [ "$(ask "$1" "SELECT pg_last_wal_replay_lsn() >= '$of_b'")" = t ]
}

# has_everything_of OLD: it has stopped, and wrote where its log ends. Its very last word is its shutdown checkpoint.
has_everything_of() {
  local end
  end=$(end_of_log "$1") || return 1
  [ -z "$end" ] || wait_until 2 has_received "$end"
}
has_received() {
  ask_session "SELECT pg_last_wal_receive_lsn() > '$1';"
  [ "$answer" = t ]
}

# commits_wait_for NODE partner|nobody: when it writes. ALTER SYSTEM wants a transaction of its own.
commits_wait_for() {
  local names=''
  [ "$2" = nobody ] || names='ANY 1 (postgres_a, postgres_b)'
  ask "$1" "ALTER SYSTEM SET synchronous_standby_names = '$names'" 'SELECT pg_reload_conf()' >/dev/null
}

# HAProxy finds out by itself what it is not told, only later. Its checks go on, and correct what it was told.
drain() { order_haproxy "set server postgres_writer/postgres-$1 state drain"; }
# Until it has rejoined: an old writer that thaws, or is started by hand, gets no sessions.
fence() { order_haproxy "set server postgres_writer/postgres-$1 state maint"; }
point_haproxy_to() {
  order_haproxy "$(ready "$1" up)"
  somebody_writes
}
# A standby is down to those who write; HAProxy must not take what it knew of it before for true.
leave_to_its_checks() { order_haproxy "$(ready "$1" down)"; }
ready() { echo "set server postgres_writer/postgres-$1 state ready; set server postgres_writer/postgres-$1 health $2"; }
haproxy_answers() { [[ $(tell_haproxy 'show info') == *Version* ]]; }
have_haproxy() {
  ! haproxy_answers || return 0
  say "HAProxy does not answer on its admin socket, so it is started"
  { start_haproxy && wait_until 10 haproxy_answers; } || say "HAProxy does not start: look at its log"
}
order_haproxy() {
  local answer
  answer=$(tell_haproxy "$1") || answer='it does not answer on its admin socket'
  [ -z "$answer" ] || say "HAProxy has to find out by itself: $answer"
}

# A session on the standby that is open before anything stops: from then on no program has to be started.
stand_ready() {
  coproc SESSION { open_session "$1" 120 2>&1; }
  ask_session "SELECT 'ready';" || true
  [ "$answer" = ready ] || refuse "$1 did not open a session within 10 s, so nothing was changed. $answer"
}

ask_session() {
  answer=''
  echo "$1" >&"${SESSION[1]}"
  read -r -t "${2:-10}" answer <&"${SESSION[0]}"
}

# pg_promote() itself looks only ten times a second.
promote_by_session() {
  ask_session "SELECT 'asked' FROM pg_promote(wait => false);
    DO \$\$ BEGIN WHILE pg_is_in_recovery() LOOP PERFORM pg_sleep(0.005); END LOOP; END \$\$;
    SELECT 'promoted';
    \\q" && [ "$answer" = asked ] && read -r -t 30 answer <&"${SESSION[0]}" && [ "$answer" = promoted ]
}
