#!/usr/bin/env bash
# The pair of docker-compose.multi-db.yml, for multi_db_flip.sh. Read in by it.
# shellcheck disable=SC2034,SC2154 # its variables are those of multi_db_flip.sh

find_the_pair() {
  command -v docker >/dev/null || refuse "there is no docker here. Without it, use the rig: --rig FOLDER."
  docker compose version >/dev/null 2>&1 || refuse "this docker does not know \`compose\`: install its plugin."
  [ -n "$(compose ps --all --quiet postgres-a)" ] ||
    refuse "the pair was never started: docker compose -f docker-compose.multi-db.yml up --build --detach"
  lock_file=${TMPDIR:-/tmp}/cairn-multi-db-flip-$(id -u).lock
}

compose() { docker compose --file "$root/docker-compose.multi-db.yml" "$@"; }

# A container that is paused is there, but does not answer.
runs() { [ -n "$(compose ps --status running --status paused --quiet "postgres-$1")" ]; }

ask() { # NODE STATEMENT...: each a transaction of its own
  local node=$1
  shift
  open_session "$node" "${answer_within:-5}" "${@/#/--command=}" </dev/null
}

open_session() { # NODE SECONDS [OPTIONS]: psql, which gives up after that long
  local node=$1 seconds=$2
  shift 2
  compose exec --no-TTY "postgres-$node" timeout "$seconds" \
    psql --username=postgres --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"
}

# `stop` sends the image's stop signal, SIGINT, which is PostgreSQL's fast shutdown, and holds the restart policy back.
stop_fast() { compose stop "postgres-$1" >/dev/null 2>&1; }
end_at_once() { compose kill "postgres-$1" >/dev/null 2>&1 && compose stop "postgres-$1" >/dev/null 2>&1; }
start_node() { compose start "postgres-$1" >/dev/null 2>&1; }
start_haproxy() { compose up --detach --no-deps haproxy >/dev/null 2>&1; }

# Not looked at: it would take a container. Commits waited for the standby, so it has all that was acknowledged.
end_of_log() { :; }

# left_as NODE, which is down: writer:TIMELINE, standby:TIMELINE, or nothing when there are no data to go on from. Each
# promotion leaves a file with its number.
left_as() {
  # shellcheck disable=SC2016 # the container's shell is to fill this in
  compose run --rm --no-deps --no-TTY --entrypoint /bin/sh "postgres-$1" -c '
    [ -s "$PGDATA/PG_VERSION" ] && [ ! -e "$PGDATA.unfinished" ] || exit 0
    part=writer; [ ! -e "$PGDATA/standby.signal" ] || part=standby
    last=$(ls "$PGDATA/pg_wal" | sed -n "s/\.history$//p" | sort | tail -n 1)
    echo "$part:${last:-00000001}"' 2>/dev/null
}

tell_haproxy() {
  # shellcheck disable=SC2016 # the container's shell is to fill this in
  compose exec --no-TTY haproxy sh -c 'echo "$1" | nc 127.0.0.1 9999' sh "$1" </dev/null | sed '/^$/d'
}
