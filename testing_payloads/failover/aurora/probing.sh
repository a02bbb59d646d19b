#!/usr/bin/env bash
# Writes and reads in a loop, and what came of it. Read in by aws_rds_port_forward_failover_sequence.sh.
# shellcheck disable=SC2034,SC2154 # its variables are those of that script

run=$(date +%s)-$$
probes=()

# The endpoint's name for TLS, this machine for the way there.
sql() { # ENDPOINT PORT STATEMENT
  act timeout 5 psql "host=$1 hostaddr=127.0.0.1 port=$2 user=$DATABASE_USER dbname=$DATABASE_NAME" --no-psqlrc \
    --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$3"
}
write_sql() { sql "$writer_endpoint" "$writer_port" "$1"; }
read_sql() { sql "$reader_endpoint" "$reader_port" "$1"; }

start_probing() {
  if [ -n "$dry" ]; then
    write_sql "INSERT INTO cairn_failover_probe VALUES ('$run', NUMBER) ON CONFLICT DO NOTHING"
    read_sql "SELECT max(number) FROM cairn_failover_probe WHERE run = '$run'"
    return
  fi
  : >"$folder/acknowledged" && : >"$folder/read"
  keep_writing 2>"$folder/write_errors" &
  probes+=("$!")
  keep_reading 2>"$folder/read_errors" &
  probes+=("$!")
}

# Each number is repeated until it is acknowledged: that is safe, because it is its own key.
keep_writing() {
  local number=1 at
  while :; do
    if write_sql "INSERT INTO cairn_failover_probe VALUES ('$run', $number) ON CONFLICT DO NOTHING"; then
      microseconds at
      echo "$at $number" >>"$folder/acknowledged"
      number=$((number + 1))
    fi
    sleep 0.1
  done
}

keep_reading() {
  local at
  while :; do
    if read_sql "SELECT max(number) FROM cairn_failover_probe WHERE run = '$run'" >/dev/null; then
      microseconds at
      echo "$at" >>"$folder/read"
    fi
    sleep 0.1
  done
}

stop_probing() {
  [ "${#probes[@]}" -gt 0 ] || return 0
  kill "${probes[@]}" 2>/dev/null || true
  wait "${probes[@]}" 2>/dev/null || true
  probes=()
}

wait_for_writes() {
  local since
  [ -z "$dry" ] || return 0
  microseconds since
  wait_until 120 acknowledged_after "$since" || refuse "no write was acknowledged within 120 s of the failover:" \
    "$(tail -n 2 "$folder/write_errors")"
}
acknowledged_after() { [ "$(tail -n 1 "$folder/acknowledged" | cut -d ' ' -f 1)" -gt "$1" ]; }

longest_gap_ms() {
  awk 'NR > 1 && $1 - last > gap { gap = $1 - last } { last = $1 } END { print int(gap / 1000) }' "$1"
}

report() {
  local lost question="SELECT number FROM cairn_failover_probe WHERE run = '$run'"
  if [ -n "$dry" ]; then
    write_sql "$question"
    write_sql 'DROP TABLE cairn_failover_probe'
    return
  fi
  write_sql "$question" | sort >"$folder/stored"
  lost=$(cut -d ' ' -f 2 "$folder/acknowledged" | sort | comm -23 - "$folder/stored" | wc -l)
  printf '%-46s %s\n' \
    'longest time between two acknowledged writes' "$(longest_gap_ms "$folder/acknowledged") ms" \
    'longest time between two reads' "$(longest_gap_ms "$folder/read") ms" \
    'acknowledged writes' "$(wc -l <"$folder/acknowledged")" \
    'failed attempts to write (each was repeated)' "$(grep -c . "$folder/write_errors" || true) lines of errors" \
    'acknowledged and lost' "$lost"
  [ "$lost" = 0 ] || refuse "acknowledged writes are missing; the table cairn_failover_probe is kept, run $run."
  write_sql 'DROP TABLE cairn_failover_probe'
}
