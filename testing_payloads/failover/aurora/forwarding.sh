#!/usr/bin/env bash
# Ports of this machine that lead to Aurora's endpoints. Read in by aws_rds_port_forward_failover_sequence.sh.
# shellcheck disable=SC2034,SC2154 # its variables are those of that script

declare -A forwarder

# forward PART ENDPOINT PORT: anew, if it was there before.
forward() {
  local command=(aws ssm start-session --target "$BASTION_INSTANCE"
    --document-name AWS-StartPortForwardingSessionToRemoteHost
    --parameters "{\"host\":[\"$2\"],\"portNumber\":[\"$remote_port\"],\"localPortNumber\":[\"$3\"]}")
  stop_forwarding "$1"
  [ -z "$dry" ] || { act "${command[@]}" && return; }
  say "port $3 leads to the $1"
  # A process group of its own: the CLI starts the plugin as a child, and both have to end.
  set -m
  "${command[@]}" >"$folder/$1.log" 2>&1 </dev/null &
  forwarder[$1]=$!
  set +m
  wait_until 30 opens "$3" || refuse "no session to the $1 after 30 s: $(tail -n 3 "$folder/$1.log")"
}

opens() { (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

stop_forwarding() {
  local session
  [ -n "${forwarder[$1]:-}" ] || return 0
  session=$(sed -n 's/^Starting session with SessionId: *//p' "$folder/$1.log")
  [ -z "$session" ] || aws ssm terminate-session --session-id "$session" >/dev/null 2>&1 || true
  kill -- "-${forwarder[$1]}" 2>/dev/null || true
  wait "${forwarder[$1]}" 2>/dev/null || true
  forwarder[$1]=''
}
