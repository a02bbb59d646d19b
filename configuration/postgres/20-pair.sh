#!/bin/sh
# Once, on the first of the pair: the roles for replication and for HAProxy's check, and synchronous commit.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
  --set=password="${REPLICATION_PASSWORD:?REPLICATION_PASSWORD is the password of the role replicator: set it.}" <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'password';
-- What pg_rewind reads when an old primary comes back: https://www.postgresql.org/docs/18/app-pgrewind.html
GRANT EXECUTE ON FUNCTION pg_ls_dir(text, boolean, boolean) TO replicator;
GRANT EXECUTE ON FUNCTION pg_stat_file(text, boolean) TO replicator;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO replicator;
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO replicator;

-- HAProxy signs in as this role several times a second, without a password (pg_hba.conf says from where): so it has a
-- database of its own with nothing in it. Connections are kept back for it: else a full server would look like a dead one, and
-- HAProxy would cut every session that fills it.
CREATE ROLE cairn_check LOGIN CONNECTION LIMIT 20;
SELECT current_setting('server_version_num')::int >= 160000 AS has_reserve \gset
\if :has_reserve
GRANT pg_use_reserved_connections TO cairn_check;
\endif
ALTER ROLE cairn_check SET idle_session_timeout = '5s';
ALTER ROLE cairn_check SET statement_timeout = '1s';
CREATE DATABASE cairn_check;
REVOKE ALL ON DATABASE cairn_check FROM PUBLIC;
GRANT CONNECT ON DATABASE cairn_check TO cairn_check;
\connect cairn_check
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Last, because from the next start on every commit waits for the other of the pair. Names are their cluster_name.
ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (postgres_a, postgres_b)';
SQL
