#!/usr/bin/env bash
# What multi_db_flip.sh status tells. Read in by it.
# shellcheck disable=SC2034,SC2154 # its variables are those of multi_db_flip.sh

tell_status() {
  local node problems=() row='%-5s %-8s %-9s %-31s %s\n'
  look
  # shellcheck disable=SC2059 # the one format of all rows
  printf "$row" node part timeline 'commits wait for' 'HAProxy writes to it'
  for node in a b; do
    # shellcheck disable=SC2059
    printf "$row" "$node" "${part_of[$node]}" "$(timeline "$node")" "$(commits_of "$node")" "$(haproxy_on "$node")"
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
  [ "$writer" != both ] || problems+=("both write: \`up\` stops the one that was promoted first")
  [ -n "$writer" ] || problems+=("nobody writes: \`up\` starts who did, \`promote\` makes the standby the writer")
  for node in a b; do
    case ${part_of[$node]} in
      down) problems+=("$node is down: \`up\`") ;;
      silent) problems+=("$node is there, but does not answer: it starts or stops, or is frozen (then: \`kill\`)") ;;
    esac
  done
  [ "$standby" = "$(other "$writer")" ] || return 0
  follows "$writer" || problems+=("$standby does not follow $writer: \`up\`")
  follows "$writer" synchronously || problems+=("commits do not wait for $standby: \`up\`")
  [[ $(haproxy_on "$standby") != MAINT* ]] || problems+=("HAProxy would send nobody to $standby if it wrote: \`up\`")
  [ "$(haproxy_on "$writer")" = UP ] || problems+=("HAProxy sends nobody to $writer: \`up\` if that lasts")
}

timeline() {
  case ${part_of[$1]} in
    writer | standby) ask "$1" "SELECT greatest(timeline_id, (SELECT received_tli FROM pg_stat_wal_receiver)) \
      FROM pg_control_checkpoint()" ;;
    *) echo - ;;
  esac
}

commits_of() {
  case ${part_of[$1]} in
    writer) ask "$1" "SELECT coalesce(nullif(current_setting('synchronous_standby_names'), ''), 'nobody')" ;;
    *) echo - ;;
  esac
}

haproxy_on() {
  { tell_haproxy "show stat" || printf "postgres_writer,postgres-%s%s\n" "$1" ",,,,,,,,,,,,,,,,does not answer"; } |
    awk -F, -v name="postgres-$1" '$1 == "postgres_writer" && $2 == name { print $18 }'
}
