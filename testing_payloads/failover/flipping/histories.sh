#!/usr/bin/env bash
# Which of two databases has the later history, also of one that is down, for multi_db_flip.sh. Read in by it.
# A promotion begins a new timeline, so the higher number was promoted last.
# shellcheck disable=SC2034,SC2154 # its variables are those of multi_db_flip.sh

# timeline NODE: eight digits, to be compared as text; nothing when it does not answer. Of a writer its log is asked, for
# its checkpoint lags behind its promotion.
timeline() {
  case $(part "$1") in
    writer) ask "$1" 'SELECT left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)' ;;
    standby)
      ask "$1" "SELECT lpad(upper(to_hex(greatest(timeline_id, min_recovery_end_timeline, \
        (SELECT received_tli FROM pg_stat_wal_receiver)))), 8, '0') FROM pg_control_checkpoint(), pg_control_recovery()"
      ;;
    down) left_as "$1" | sed -n 's/^[a-z]*://p' ;;
  esac
}

# Of two writers.
promoted_last() {
  local node numbers=''
  for node in a b; do numbers+="$(timeline "$node") $node"$'\n'; done
  sort -r <<<"$numbers" | sed -n '1s/.* //p'
}

# Nobody writes: whoever did last is to go on, from what it left on its disk.
who_wrote_last() {
  local node candidates=''
  for node in a b; do
    [ "$(part "$node")" != down ] || candidates+="$(left_as "$node" | sed -n 's/^writer://p') $node"$'\n'
  done
  sort -r <<<"$candidates" | sed -n '1s/^[0-9A-F]\{8\} //p'
}

# has_later_history NODE OTHER: NODE is down and was promoted after OTHER, which runs. So OTHER never had what NODE
# acknowledged since. Of two that wrote on one timeline nobody knows who was the last.
has_later_history() {
  local left own
  [ "$(part "$1")" = down ] || return 1
  left=$(left_as "$1") && own=$(timeline "$2") || return 1
  case $left in
    writer:*) [[ $(part "$2") = writer && ! ${left#*:} < $own || ${left#*:} > $own ]] ;;
    standby:*) [[ ${left#*:} > $own ]] ;;
    *) return 1 ;;
  esac
}

# way_out_of_old_history NODE OTHER
way_out_of_old_history() {
  echo "To go on from $1: \`down\`, then \`up\`; what was written on $2 since then is given up. To go on from $2 and" \
    "give up what only $1 has: move the data of $1 away, then \`up\`."
}

must_have_the_last_history() { # OTHER, whose partner may be down
  ! has_later_history "$(other "$1")" "$1" ||
    refuse "$(other "$1") is down, and was promoted after $1: what it acknowledged since then is not on $1." \
      "Nothing was changed. $(way_out_of_old_history "$(other "$1")" "$1")"
}
