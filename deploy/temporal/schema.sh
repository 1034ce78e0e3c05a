#!/bin/sh
# Bring Temporal's two databases to the schema of this release of Temporal. Run again, it changes nothing.
# SQL_HOST, SQL_PORT, SQL_USER and SQL_PLUGIN come from the environment; the password comes from a file.
set -eu

schemas=/etc/temporal/schema/postgresql/v12
SQL_PASSWORD="$(cat /run/secrets/temporal.password)"
export SQL_PASSWORD

bring() { # database, folder of its schema
    # Writes version 0.0 into a new database only; one that is further on stays as it is.
    temporal-sql-tool --database "$1" setup-schema -v 0.0
    temporal-sql-tool --database "$1" update-schema -d "$schemas/$2/versioned"
}

bring temporal temporal
bring temporal_visibility visibility
