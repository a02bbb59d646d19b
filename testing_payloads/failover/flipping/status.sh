#!/usr/bin/env bash
# What multi_db_flip.sh status tells. Read in by it.
# shellcheck disable=SC2034,SC2154 # its variables are those of multi_db_flip.sh

tell_status() {
  local node number problems=() row='%-5s %-8s %-9s %-31s %s\n'
  look
  # shellcheck disable=SC2059 # the one format of all rows
  printf "$row" node part timeline 'commits wait for' 'HAProxy writes to it'
  for node in a b; do
    number=$(timeline "$node") || number=''
    [[ $number =~ ^[0-9A-F]{8}$ ]] && number=$((16#$number)) || number=-
    # shellcheck disable=SC2059
    printf "$row" "$node" "${part_of[$node]}" "$number" "$(commits_of "$node")" "$(haproxy_on "$node")"
  done
  find_problems
  if [ "${#problems[@]}" = 0 ]; then
    echo "whole: $writer writes, $standby follows and has what was acknowledged"
    return
  fi
  printf 'not whole: %s\n' "${problems[@]}"
  return 1
}

find_problems() {
  local node
  case $writer in
    both) problems+=("both write: \`up\` stops $(other "$(promoted_last)"), which was not promoted last") ;;
    '') problems+=("nobody writes$(who_could_write)") ;;
  esac
  for node in a b; do
    case ${part_of[$node]} in
      down) problems+=("$node is down$(way_back "$node")") ;;
      silent)
        problems+=("$node is there, but does not answer: it starts or stops, or is frozen$(way_out_of_ice "$node")")
        ;;
    esac
  done
  find_problems_of_haproxy
  [ -n "$standby" ] && [ "$standby" = "$(other "$writer")" ] || return 0
  follows "$writer" || problems+=("$standby does not follow $writer: \`up\`")
  follows "$writer" synchronously || problems+=("commits do not wait for $standby: \`up\`")
  [[ $(state_in_haproxy "$standby") != MAINT* ]] ||
    problems+=("HAProxy would send nobody to $standby if it wrote: \`up\`")
}

find_problems_of_haproxy() {
  local state
  state=$(state_in_haproxy "${writer/both/a}")
  case $state in
    'does not answer') problems+=("HAProxy does not answer on its admin socket: \`up\` starts it") ;;
    UP*) ;;
    *)
      # Whoever lacks what was acknowledged is to get nobody.
      [ -z "${writer/both/}" ] || has_later_history "$(other "$writer")" "$writer" ||
        problems+=("HAProxy sends nobody to $writer: \`up\` if that lasts")
      ;;
  esac
}

who_could_write() {
  local last said=''
  case "${part_of[a]} ${part_of[b]}" in
    *silent*) return ;;
    'standby standby') echo ", and both are standbys: \`promote a\`, or \`promote b\`" && return ;;
  esac
  last=$(who_wrote_last)
  [ -z "$last" ] || said="; \`up\` starts $last, which wrote last"
  [ -z "$standby" ] || said+="; \`promote\` makes $standby the writer"
  echo "${said/#;/:}"
}

way_back() { # NODE, which is down
  local other
  other=$(other "$1")
  [ "$writer" = "$other" ] || return 0
  if has_later_history "$1" "$other"; then
    echo ", and was promoted after $other: what it acknowledged since then is not on $other." \
      "$(way_out_of_old_history "$1" "$other")"
  else
    echo ": \`up\`"
  fi
}

way_out_of_ice() { # NODE, which is silent
  case ${part_of[$(other "$1")]} in
    standby) echo " (then: \`kill\`, which ends it and promotes $standby)" ;;
    writer) echo " (then: \`rejoin $1\`, which ends it first)" ;;
    *) echo " (then: \`down\`, which ends it, and \`up\`)" ;;
  esac
}

commits_of() {
  case ${part_of[$1]} in
    writer) ask "$1" "SELECT coalesce(nullif(current_setting('synchronous_standby_names'), ''), 'nobody')" ;;
    *) echo - ;;
  esac
}

haproxy_on() {
  local state
  state=$(state_in_haproxy "$1")
  case "${part_of[$1]} $state" in
    *' does not answer') echo "$state" ;;
    *' UP'*) echo yes ;;
    'standby DOWN'*) echo 'no (a standby)' ;;
    *) echo "no ($state)" ;;
  esac
}

state_in_haproxy() { # NODE: UP, DOWN, MAINT, DRAIN; of any node whether it answers at all
  { tell_haproxy 'show stat' || true; } | awk -F, -v name="postgres-$1" '
    $1 == "postgres_writer" { seen = 1 } $1 == "postgres_writer" && $2 == name { print $18 }
    END { if (!seen) print "does not answer" }'
}
