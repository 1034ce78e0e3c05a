"""What gateway and worker may do in the database: each writes its own tables, and neither changes an event.

The tables belong to whoever migrates, whose password neither process has: so neither can switch off the trigger that
keeps the journal append-only, or rewrite its hash chain. Both may read everything; names are ciphertext there.
"""

import psycopg
from psycopg import sql

ALL, SELECT = "INSERT, UPDATE, DELETE", ""
GATEWAY, WORKER = "journeys_gateway", "journeys_worker"
# Each table with what the gateway and the worker may do beside reading it.
GRANTS: dict[str, tuple[str, str]] = {
    # the journal, which the worker alone appends to
    "events": (SELECT, "INSERT"),
    "commands": (SELECT, "INSERT"),
    "effects": (SELECT, ALL),
    # read models: made by the worker, made anew by the gateway (journeys rebuild)
    "journeys": (ALL, ALL),
    "deadlines": (ALL, ALL),
    "reminders": (ALL, ALL),
    # claims: the worker evaluates and draws samples, the gateway audits, submits and settles
    "claims": (ALL, ALL),
    "claim_moves": (ALL, ALL),
    "claim_windows": (ALL, ALL),
    "window_claims": (ALL, ALL),
    "claim_draws": (SELECT, ALL),
    "clawbacks": (SELECT, ALL),
    # what comes in: taken by the gateway, handed over by both
    "inbox": (ALL, "UPDATE"),
    "inbox_shares": (ALL, ALL),
    # the vault: both write it, as people join and move by steps of their journeys; an erasure is the worker's
    "family_keys": (ALL, "INSERT, UPDATE"),
    "people": (ALL, ALL),
    "addresses": (ALL, ALL),
    "find_keys": (ALL, ALL),
    "moves": (ALL, ALL),
    "texts": (SELECT, ALL),
    "identifiers": (ALL, ALL),
    "likenesses": (ALL, ALL),
    "identity_answers": (ALL, "DELETE"),
    "intake": (ALL, "UPDATE"),
    # what people set up
    "imports": (ALL, SELECT),
    "import_headings": (ALL, SELECT),
    "partners": (ALL, SELECT),
    "programmes": (ALL, SELECT),
    "school_terms": (ALL, SELECT),
    "views": (ALL, SELECT),
    "staff": (ALL, "UPDATE (cap)"),  # a key worker is locked while a family is allocated, which takes this right
    # what both count
    "refusals": (ALL, "INSERT, UPDATE"),
    "alembic_version": (SELECT, SELECT),
}


def grant(connection: psycopg.Connection) -> None:
    """Give each role that exists exactly what it may do; to be run by the owner of the tables, after each migration.

    A table that is not in the list, as of a newer release, may be written by both until it is.
    """
    tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    for place, name in enumerate((GATEWAY, WORKER)):
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
            continue
        role = sql.Identifier(name)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
        connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role))
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(role))
        for table in tables:
            if rights := GRANTS.get(table, (ALL, ALL))[place]:
                granted = sql.SQL(f"GRANT {rights} ON {{}} TO {{}}")
                connection.execute(granted.format(sql.Identifier(table), role))
