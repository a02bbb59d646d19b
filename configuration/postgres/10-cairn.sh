#!/bin/sh
# Once, on an empty server: the role that Cairn signs in as, which owns its database and nothing else.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
  --set=password="${DATABASE_PASSWORD:?DATABASE_PASSWORD is the password of the role cairn: set it.}" <<'SQL'
CREATE ROLE cairn LOGIN PASSWORD :'password';
CREATE DATABASE cairn OWNER cairn;
REVOKE ALL ON DATABASE cairn FROM PUBLIC;
SQL
