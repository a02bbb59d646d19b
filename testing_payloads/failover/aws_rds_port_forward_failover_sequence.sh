#!/usr/bin/env bash
# Fails an Aurora PostgreSQL cluster over while it is written to through an SSM port forward: --help says what it needs.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=testing_payloads/failover/flipping/telling.sh
. "$here/flipping/telling.sh"
# shellcheck source=testing_payloads/failover/aurora/forwarding.sh
. "$here/aurora/forwarding.sh"
# shellcheck source=testing_payloads/failover/aurora/probing.sh
. "$here/aurora/probing.sh"

usage() {
  cat <<'TEXT'
usage: aws_rds_port_forward_failover_sequence.sh [--dry-run]

Forwards the writer's and the reader's endpoint of an Aurora PostgreSQL cluster to ports of this machine, through a
bastion that Systems Manager knows. Writes and reads in a loop, fails the cluster over, waits until another member
writes, connects again, and tells how long nobody could write and whether anything acknowledged was lost.
It writes to one table of its own, cairn_failover_probe, and drops it at the end. aurora.md has the rights it needs.

Needed:
  AURORA_CLUSTER      the identifier of the DB cluster (not the address of an endpoint)
  AWS_REGION          its region
  BASTION_INSTANCE    the instance id (i-...) of a bastion that runs the SSM agent and reaches the cluster
  DATABASE_USER       a role that may create a table
  DATABASE_PASSWORD   its password
  DATABASE_NAME       the database
May be set:
  AURORA_TARGET       the member that is to write next; else Aurora chooses
  WRITER_PORT, READER_PORT   the ports of this machine (15432, 15433)
  PGSSLMODE           require; verify-full checks the name as well, with PGSSLROOTCERT=global-bundle.pem
  SECONDS_BEFORE, SECONDS_AFTER   how long to write before and after (5, 10)
  AWS_PROFILE and whatever else the AWS CLI reads

--dry-run prints the commands that change or forward something, in their order, and runs none.
TEXT
}

require_variables() {
  local missing=0
  need AURORA_CLUSTER 'the identifier of the DB cluster, which describe-db-clusters lists'
  need AWS_REGION 'the region of the cluster, such as eu-central-1'
  need BASTION_INSTANCE 'the instance id of the bastion, which describe-instance-information lists'
  need DATABASE_USER 'a role that may create a table'
  need DATABASE_PASSWORD 'the password of that role'
  need DATABASE_NAME 'the database to write to'
  [ "$missing" = 0 ] || refuse "$missing of the variables that it needs are not set; --help has all of them."
}

need() {
  [ -z "${!1:-}" ] || return 0
  say "$1 is not set. It is $2."
  missing=$((missing + 1))
}

require_programs() {
  local program
  [ -z "$dry" ] || return 0
  for program in aws session-manager-plugin psql timeout; do
    command -v "$program" >/dev/null || refuse "$program is not installed, and nothing here works without it."
  done
}

# act COMMAND...: run it, or with --dry-run only print it.
act() {
  local word
  if [ -z "$dry" ]; then
    "$@"
    return
  fi
  for word in "$@"; do
    if [[ $word == *[!A-Za-z0-9_./:=-]* ]]; then printf "'%s' " "${word//\'/\'\\\'\'}"; else printf '%s ' "$word"; fi
  done
  echo
}

clusters() { aws rds describe-db-clusters --db-cluster-identifier "$AURORA_CLUSTER" --output text --query "$1"; }
writer_member() { clusters 'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier'; }

find_the_cluster() {
  local status members
  if [ -n "$dry" ]; then
    act aws rds describe-db-clusters --db-cluster-identifier "$AURORA_CLUSTER"
    writer_endpoint=WRITER_ENDPOINT reader_endpoint=READER_ENDPOINT remote_port=5432 old_writer=OLD_WRITER
    return
  fi
  read -r status writer_endpoint reader_endpoint remote_port members < <(
    clusters 'DBClusters[0].[Status,Endpoint,ReaderEndpoint,Port,length(DBClusterMembers)]'
  ) || refuse "$AURORA_CLUSTER is not to be found in $AWS_REGION with these credentials."
  [ "$status" = available ] || refuse "$AURORA_CLUSTER is $status, not available: wait until it is."
  [ "$members" -gt 1 ] || refuse "$AURORA_CLUSTER has no reader to fail over to: add one first."
  old_writer=$(writer_member)
  [ "$old_writer" != "${AURORA_TARGET:-}" ] || refuse "$AURORA_TARGET writes already: name another AURORA_TARGET."
}

fail_over() {
  local target=()
  [ -z "${AURORA_TARGET:-}" ] || target=(--target-db-instance-identifier "$AURORA_TARGET")
  [ -n "$dry" ] || say "failing $AURORA_CLUSTER over, away from $old_writer"
  act aws rds failover-db-cluster --db-cluster-identifier "$AURORA_CLUSTER" "${target[@]}" \
    --output text --query DBCluster.Status || refuse "AWS did not take the order; its words stand above."
  if [ -n "$dry" ]; then
    act aws rds describe-db-clusters --db-cluster-identifier "$AURORA_CLUSTER"
    return
  fi
  wait_until 300 another_writes || refuse "after 300 s, $old_writer is still named as the writer."
}

another_writes() {
  local now
  if now=$(writer_member) && [ -n "$now" ] && [ "$now" != "$old_writer" ]; then
    say "AWS names $now as the writer"
    return
  fi
  sleep 1 # AWS answers only so many questions
  return 1
}

tidy_up() {
  stop_probing
  stop_forwarding writer
  stop_forwarding reader
  rm -rf "$folder"
}

dry=''
case ${1:-} in
  -h | --help) usage && exit ;;
  --dry-run) dry=yes ;;
  ?*) refuse "there is no option $1: see --help." ;;
esac
require_variables
require_programs
# Version 1 of the CLI reads AWS_DEFAULT_REGION, version 2 both.
export AWS_REGION AWS_DEFAULT_REGION=$AWS_REGION AWS_PAGER=''
export PGPASSWORD=$DATABASE_PASSWORD PGSSLMODE=${PGSSLMODE:-require} PGCONNECT_TIMEOUT=3
writer_port=${WRITER_PORT:-15432} reader_port=${READER_PORT:-15433}
folder=$(mktemp -d)
trap tidy_up EXIT
trap 'exit 130' INT TERM
find_the_cluster
forward writer "$writer_endpoint" "$writer_port"
forward reader "$reader_endpoint" "$reader_port"
write_sql 'CREATE TABLE IF NOT EXISTS cairn_failover_probe (run text, number bigint, PRIMARY KEY (run, number))'
start_probing
[ -n "$dry" ] || sleep "${SECONDS_BEFORE:-5}"
fail_over
# The forwards stay with the addresses that they found; the endpoints have moved.
forward writer "$writer_endpoint" "$writer_port"
forward reader "$reader_endpoint" "$reader_port"
wait_for_writes
[ -n "$dry" ] || sleep "${SECONDS_AFTER:-10}"
stop_probing
report
