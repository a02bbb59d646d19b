#!/usr/bin/env bash
# What multi_db_flip.sh says, and the times that it notes. Read in by it.
# shellcheck disable=SC2034,SC2154 # its variables are those of multi_db_flip.sh

say() {
  local now=$EPOCHREALTIME
  printf '%(%T)T.%s %s\n' "${now%.*}" "${now:(-6):3}" "$*" >&2
}

refuse() {
  say "refused: $*"
  is_finished=yes
  exit 1
}

# Microseconds since 1970, without starting a program.
microseconds() { printf -v "$1" '%s' "${EPOCHREALTIME/./}"; }

# 20 ms, without starting a program: nobody ever writes to this.
exec {nothing}<> <(:)
nap() { read -r -t 0.02 -u "$nothing" || true; }

# wait_until SECONDS COMMAND...: ask every 20 ms.
wait_until() {
  local patience=$1 now until_then
  shift
  microseconds now
  until_then=$((now + patience * 1000000))
  until "$@"; do
    microseconds now
    [ "$now" -lt "$until_then" ] || return 1
    nap
  done
}

# How long nobody could write: from the moment the writer is told to go, until another one takes writes.
without_writer_since='' without_writer_ms=''
nobody_writes() { [ -n "$without_writer_since" ] || microseconds without_writer_since; }
somebody_writes() {
  local now
  [ -n "$without_writer_since" ] || return 0
  microseconds now
  without_writer_ms=$(((now - without_writer_since) / 1000)) without_writer_since=''
}

# step WORDS COMMAND...: carry it out, and remember when it was and how long it took.
steps=()
step() {
  local words=$1 began ended at
  shift
  printf -v at '%(%T)T' -1
  microseconds began
  without_writer_ms=''
  say "== $words"
  "$@"
  microseconds ended
  steps+=("$(printf '%-9s %-34s %8d ms %14s  %s' "$at" "$words" "$(((ended - began) / 1000))" \
    "${without_writer_ms:+$without_writer_ms ms}" "$(writer_now)")")
}

tell_steps() {
  local each
  printf '\n%-9s %-34s %11s %14s  %s\n' at step took 'no writer for' 'writer then'
  for each in "${steps[@]}"; do printf '%s\n' "$each"; done
}
