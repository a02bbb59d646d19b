#!/bin/sh
# Start one of the pair in the part that is its own. Whoever finds its partner writing follows it: an empty node copies
# it, an old primary is rewound to it. So a primary that comes back after a promotion does not become a second writer.
set -eu
: "${PARTNER:?PARTNER is the host name of the other of the pair: set it.}"
: "${REPLICATION_PASSWORD:?REPLICATION_PASSWORD is the password of the role replicator: set it.}"
partner="host=$PARTNER port=${PARTNER_PORT:-5432} user=replicator dbname=postgres connect_timeout=3"
config=${CONFIG_FILE:-/etc/cairn/postgresql.conf}
# Beside the data, not in it: pg_rewind removes what the partner does not have.
unfinished=$PGDATA.unfinished

say() { echo "join: $*" >&2; }

# Slow, so that a restart policy does not fill the log.
refuse() { say "$*"; sleep 5; exit 1; }

with_password() { PGPASSWORD=$REPLICATION_PASSWORD "$@"; }

# The partner's timeline when it writes, 0 when it follows, nothing when it does not answer. A promotion begins a new
# timeline, so of two primaries the one with the higher number was promoted last.
ask_partner() {
  with_password psql "$partner" --no-psqlrc --tuples-only --no-align --command="
    SELECT CASE WHEN pg_is_in_recovery() THEN 0
      ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END" 2>/dev/null || true
}

own_timeline() { pg_controldata "$PGDATA" | sed -n "s/^Latest checkpoint's TimeLineID: *//p"; }

was_shut_down() { pg_controldata "$PGDATA" | grep -q '^Database cluster state: *shut down$'; }

copy() {
  say "copying $PARTNER"
  mkdir -p "$(dirname "$PGDATA")" && touch "$unfinished"
  with_password pg_basebackup --dbname="$partner" --pgdata="$PGDATA" --checkpoint=fast --write-recovery-conf
  rm "$unfinished"
}

pg_rewind_to_partner() {
  with_password pg_rewind --target-pgdata="$PGDATA" --source-server="$partner" "$@"
}

rewind() {
  say "$PARTNER was promoted: rewinding to it"
  # A server that was killed must end its recovery first. With the configuration it runs with: pg_rewind would do this
  # with initdb's, which throws away the WAL that is read next.
  was_shut_down || postgres --single -D "$PGDATA" -c "config_file=$config" template1 </dev/null >/dev/null
  pg_rewind_to_partner --dry-run || refuse "this node cannot be rewound to $PARTNER; nothing was changed. If $PARTNER" \
    "has everything that matters, remove this node's volume and start it again: it will copy $PARTNER."
  touch "$unfinished"
  pg_rewind_to_partner --write-recovery-conf
  rm "$unfinished"
}

[ ! -e "$unfinished" ] || refuse "copying or rewinding was cut off, so this node's data are of no use. Remove its" \
  "volume and start it again: it will copy $PARTNER."
timeline=$(ask_partner)
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Only the first of the pair may begin an empty database, and only when the other does not answer.
  while [ "${timeline:-0}" = 0 ] && [ "${FIRST:-no}" = no ]; do
    say "waiting for $PARTNER to write, to copy it"
    sleep 1
    timeline=$(ask_partner)
  done
  [ "$timeline" != 0 ] || refuse "this node is empty and $PARTNER is a standby. Promote $PARTNER, then start this one."
  [ -z "$timeline" ] || copy
elif [ ! -f "$PGDATA/standby.signal" ] && [ "${timeline:-0}" != 0 ]; then
  [ "$timeline" -gt "$(own_timeline)" ] || refuse "$PARTNER writes too, and was not promoted after this node. Not" \
    "starting a second writer: stop the one that must give way, start this one, then the other."
  rewind
fi
exec docker-entrypoint.sh "$@"
