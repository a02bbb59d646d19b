#!/bin/sh
# What the image's entrypoint of the same name does, as far as a rig without containers needs it: make an empty database
# and run the scripts in $INITDB_SCRIPTS on it, with a server that answers on its socket only; then become the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?POSTGRES_PASSWORD is the password of the superuser: set it.}"
  : "${CONFIG_FILE:?CONFIG_FILE is the postgresql.conf of this node: set it.}"
  word=$PGDATA.word
  (umask 077 && printf '%s\n' "$POSTGRES_PASSWORD" > "$word")
  initdb --username=postgres --auth=scram-sha-256 --pwfile="$word" --encoding=UTF8 --locale=C --no-sync \
    --no-instructions > /dev/null
  rm "$word"
  # Not with the pair's configuration: nobody else may come in yet, and commits have nobody to wait for.
  pg_ctl --silent --wait --pgdata="$PGDATA" --options="-F -c listen_addresses= -c 'unix_socket_directories=$PGHOST'" start
  for script in "$INITDB_SCRIPTS"/*-*.sh; do
    PGPASSWORD=$POSTGRES_PASSWORD sh "$script"
  done
  pg_ctl --silent --wait --pgdata="$PGDATA" --mode=fast stop
fi
exec "$@"
