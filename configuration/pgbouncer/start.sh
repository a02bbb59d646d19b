#!/bin/sh
# Start pgbouncer with the one user it lets in, whose password comes from the environment and touches no disk.
set -eu
: "${DATABASE_PASSWORD:?DATABASE_PASSWORD is the password of the role cairn: set it.}"
umask 077
# In this file a quotation mark is written twice.
printf '"cairn" "%s"\n' "$(printf %s "$DATABASE_PASSWORD" | sed 's/"/""/g')" > /run/pgbouncer/userlist.txt
exec pgbouncer /etc/pgbouncer/pgbouncer.ini
