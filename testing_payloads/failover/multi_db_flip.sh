#!/usr/bin/env bash
# Switches, kills, promotes and brings back a pair of databases behind HAProxy: multi_db_flip.sh --help
set -euo pipefail
[ "${BASH_VERSINFO[0]}" -ge 5 ] || { echo "this needs bash 5 or newer; macOS: brew install bash" >&2 && exit 1; }
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=testing_payloads/failover/flipping/telling.sh
. "$here/flipping/telling.sh"
# shellcheck source=testing_payloads/failover/flipping/pair.sh
. "$here/flipping/pair.sh"
# shellcheck source=testing_payloads/failover/flipping/histories.sh
. "$here/flipping/histories.sh"
# shellcheck source=testing_payloads/failover/flipping/status.sh
. "$here/flipping/status.sh"

usage() {
  cat <<'TEXT'
usage: multi_db_flip.sh [--rig FOLDER | --compose] COMMAND

  status       who writes, who follows, what commits wait for; exit code 0 when all is as it should be
  switch       planned: drain, stop the writer when the standby has everything, promote, let the old one follow
  kill         the writer ends by SIGKILL, the standby is promoted at once; the killed one stays down
  promote      the standby becomes the writer; refused while the other may still write
  down         both stop, the writer first
  up           whatever state the pair was left in: one writer, one standby, synchronous commit
  rejoin NODE  NODE (a or b) starts, rewinds to the writer when it must, and follows it
  back         the first of the pair (a) writes again
  sequence     all of it in turn, with a table of what happened when; it ends as it began, with a as the writer

--rig FOLDER   the rig of `python -m testing_payloads.failover.rig up`; without an option the newest that runs
--compose      the pair of docker-compose.multi-db.yml

Interrupted at any moment, `status` says what is missing and `up` puts it right.
TEXT
}

switch() {
  local old new
  must_be_whole
  old=$writer new=$standby
  say "checkpoint on both, so that there is little left to do when $old stops"
  answer_within=120 ask "$old" CHECKPOINT || refuse "the checkpoint of $old failed, so nothing was changed."
  answer_within=120 ask "$new" CHECKPOINT || refuse "the checkpoint of $new failed, so nothing was changed."
  stand_ready "$new"
  commits_wait_for "$new" nobody
  say "HAProxy sends nobody to $old any more; $old stops"
  drain "$old"
  nobody_writes
  stop_fast "$old" || refuse "$old does not stop. Look at its log; \`kill\` ends it and promotes $new."
  has_everything_of "$old" || back_out "$old" "$new"
  fence "$old"
  promote_by_session || refuse "$new was not promoted within 30 s. Look at its log; \`up\` starts $old again."
  point_haproxy_to "$new"
  say "$new writes, after ${without_writer_ms} ms without a writer; $old starts, to follow it"
  rejoin "$old"
}

must_be_whole() {
  look
  [ "$writer" != both ] || refuse "a and b both write. \`up\` stops the one that was promoted first."
  [ "$standby" = "$(other "$writer")" ] ||
    refuse "this takes a writer and a standby, but a is ${part_of[a]} and b is ${part_of[b]}: run \`up\` first."
  follows "$writer" synchronously || refuse "commits of $writer do not wait for $standby: run \`up\` first."
  is_caught_up "$writer" || refuse "$standby is more than 1 MB behind $writer: wait until it has caught up."
}

back_out() { # OLD NEW
  start_node "$1"
  point_haproxy_to "$1"
  refuse "$2 did not get the end of $1's log, so it was not promoted; $1 is started again."
}

kill_writer() {
  local victim heir
  look
  victim=$writer
  # A frozen writer does not answer; whoever is silent beside a standby is taken for it.
  [ -n "$victim" ] || { [ -n "$standby" ] && [ "$standby" != both ] && victim=$(other "$standby"); } ||
    refuse "nobody writes, so there is nobody to kill: a is ${part_of[a]}, b is ${part_of[b]}."
  heir=$(other "$victim")
  [ "${part_of[$heir]}" = standby ] || refuse "$heir is ${part_of[$heir]}, so nobody would write after $victim."
  stand_ready "$heir"
  commits_wait_for "$heir" nobody
  say "SIGKILL for $victim; $heir is promoted"
  nobody_writes
  end_at_once "$victim" || refuse "$victim is still there after SIGKILL, so $heir was not promoted."
  fence "$victim"
  promote_by_session || refuse "$heir was not promoted within 30 s: look at its log."
  point_haproxy_to "$heir"
  say "$heir writes, after ${without_writer_ms} ms without a writer; \`rejoin $victim\` brings the other back"
}

promote() {
  local node=${1:-} partner
  look
  node=${node:-$standby}
  [ -n "$node" ] || refuse "there is no standby: a is ${part_of[a]}, b is ${part_of[b]}."
  [ "$node" != both ] || refuse "both are standbys. Say which of them is to write: promote a, or promote b."
  [ "${part_of[$node]}" = standby ] || refuse "$node is no standby that answers, but ${part_of[$node]}."
  partner=$(other "$node")
  case ${part_of[$partner]} in
    writer) refuse "$partner still writes, and two writers would be two histories. \`switch\` changes their parts." ;;
    silent) refuse "$partner does not answer, but its process is there: it may be frozen, and would go on writing" \
      "when it thaws. \`kill\` ends it and promotes $node." ;;
    standby) is_not_behind "$node" "$partner" || refuse "$partner has more of the log than $node: promote $partner." ;;
    down) must_have_the_last_history "$node" ;;
  esac
  stand_ready "$node"
  commits_wait_for "$node" nobody
  say "$node is promoted"
  fence "$partner"
  promote_by_session || refuse "$node was not promoted within 30 s: look at its log."
  point_haproxy_to "$node"
}

down() {
  local node
  look
  [ "$writer" != both ] || writer=a
  for node in ${writer:-a} "$(other "${writer:-a}")"; do
    [ "${part_of[$node]}" != down ] || continue
    say "$node stops (${part_of[$node]})"
    [ "$node" != "$writer" ] || nobody_writes
    end_gently "$node"
  done
}

end_gently() {
  if ! runs "$1" || { is_not_silent "$1" && stop_fast "$1"; }; then return; fi
  say "$1 does not stop, so it is ended by SIGKILL"
  end_at_once "$1"
}

up() {
  local node
  for node in a b; do
    wait_until 10 is_not_silent "$node" || refuse "$node does not answer, but its process is there: it may be" \
      "frozen. \`rejoin $node\` ends it when the other writes; \`kill\` ends it and promotes the other."
  done
  look
  if [ "$writer" = both ]; then
    writer=$(promoted_last)
    say "both write; $writer was promoted last, so $(other "$writer") gives way"
  elif [ -z "$writer" ]; then
    writer=$(who_wrote_last)
    [ -n "$writer" ] || refuse "both were standbys, so neither may begin to write by itself. Say which: promote a," \
      "or promote b."
    say "$writer starts, as the writer that it was"
    start_node "$writer"
    wait_until 60 is_writer "$writer" || refuse "$writer does not write after 60 s: look at its log."
  fi
  must_have_the_last_history "$writer"
  have_haproxy
  point_haproxy_to "$writer"
  fence "$(other "$writer")"
  rejoin "$(other "$writer")"
}

rejoin() {
  local node=${1:-} partner
  [ -n "$node" ] || refuse "say which node is to rejoin: rejoin a, or rejoin b."
  partner=$(other "$node")
  is_writer "$partner" || refuse "$partner does not write, so $node has nobody to follow: run \`up\`."
  must_have_the_last_history "$partner"
  case $(part "$node") in
    writer) [ "$(promoted_last)" = "$partner" ] || refuse "$node writes too, and was promoted last: rejoin $partner." ;;
    standby) ! wait_until 5 follows "$partner" || node_is_right=yes ;;
  esac
  if [ -z "${node_is_right:-}" ]; then
    end_gently "$node"
    # Before a checkpoint, pg_rewind of PostgreSQL 15 does not see that there was a promotion.
    answer_within=120 ask "$partner" CHECKPOINT
    start_node "$node" || refuse "$node could not be started: look at its log."
    wait_until 60 follows "$partner" || refuse "$node does not follow $partner after 60 s: look at its log."
  fi
  node_is_right=''
  commits_wait_for "$partner" partner
  wait_until 10 follows "$partner" synchronously || refuse "$node follows, but commits of $partner do not wait for it."
  leave_to_its_checks "$node"
  say "$node follows $partner, and commits wait for it"
}

back() {
  look
  [ "$writer$standby" = ab ] || up
  if is_writer a; then say "a writes already"; else switch; fi
}

sequence() {
  step 'up: the pair is whole' up
  step 'back: a is the writer' back
  step 'drain a and promote b' switch
  step 'both are forced down' down
  step 'both come up again' up
  step 'flip back to a' back
  step 'kill a, b is promoted at once' kill_writer
  step 'a rewinds and rejoins' rejoin a
  step 'flip back to a' back
}

finish() {
  [ "${#steps[@]}" = 0 ] || tell_steps
  [ -n "$is_finished" ] || say "not finished: \`status\` says what is missing, and \`up\` puts it right"
}

where=on_rig folder='' is_finished=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage && exit ;;
    --compose) where=on_compose ;;
    --rig) [ $# -gt 1 ] || refuse "--rig wants the folder of a rig after it, such as --rig /tmp/cairn-rig."
      folder=$2 && shift ;;
    -*) refuse "there is no option $1: see --help." ;;
    *) break ;;
  esac
  shift
done
command=${1:-}
[ -n "$command" ] || { usage >&2 && exit 2; }
shift
case $command in
  promote | rejoin)
    [ $# -lt 2 ] || refuse "\`$command\` is about one node, not about $*."
    case ${1:-a} in a | b) ;; *) refuse "there is no node $1: they are a and b." ;; esac
    ;;
  status | switch | kill | down | up | back | sequence)
    [ $# = 0 ] || refuse "\`$command\` takes no node, but $* was named. It finds out by itself who writes: see --help."
    ;;
  *) refuse "there is no command $command: see --help." ;;
esac
# shellcheck source=testing_payloads/failover/flipping/on_rig.sh
. "$here/flipping/$where.sh"
find_the_pair "$folder"
trap finish EXIT
trap 'exit 130' HUP INT PIPE TERM
if [ "$command" = status ]; then
  is_finished=yes
  tell_status && exit || exit 1
fi
[ "$command" != kill ] || command=kill_writer
# Two at once would undo each other's work. What one that was killed has begun to promote holds on to the lock, too.
if command -v flock >/dev/null; then
  exec 9>"$lock_file"
  flock --nonblock 9 || refuse "another multi_db_flip.sh is at work on this pair."
fi
"$command" "$@"
is_finished=yes
