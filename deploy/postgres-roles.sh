#!/bin/sh
# Run once by the PostgreSQL image: the owner migrates, city_web runs and owns nothing (the same as deploy/city/cluster.py makes).
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$OWNER_PASSWORD" -v web="$WEB_PASSWORD" <<'SQL'
CREATE ROLE city_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD :'owner';
CREATE ROLE city_web LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'web';
GRANT pg_read_all_stats TO city_owner, city_web;
ALTER ROLE city_owner SET lock_timeout = '30s';
ALTER ROLE city_web SET statement_timeout = '30s';
ALTER ROLE city_web SET lock_timeout = '10s';
ALTER ROLE city_web SET idle_in_transaction_session_timeout = '60s';
CREATE DATABASE city OWNER city_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
\connect city
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO city_owner;
GRANT USAGE ON SCHEMA public TO city_web;
ALTER DEFAULT PRIVILEGES FOR ROLE city_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO city_web;
ALTER DEFAULT PRIVILEGES FOR ROLE city_owner GRANT USAGE, SELECT ON SEQUENCES TO city_web;
ALTER DEFAULT PRIVILEGES FOR ROLE city_owner GRANT USAGE ON SCHEMAS TO city_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON spatial_ref_sys TO city_owner;
GRANT SELECT ON spatial_ref_sys TO city_web;
SQL
