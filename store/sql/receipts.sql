-- name: page
-- What became of the events of partner $1 with a number above $2, in the order in which they first came, at most $3;
-- of states $4 where given. The collation is that of the index.
SELECT seq, event_id, kind, state, reason, observed_at, received_at
  FROM inbox
 WHERE partner COLLATE "C" = $1 AND seq > $2 AND ($4::text[] IS NULL OR state = ANY ($4))
 ORDER BY seq LIMIT $3;

-- name: find
-- What became of event $2 of partner $1.
SELECT seq, event_id, kind, state, reason, observed_at, received_at FROM inbox WHERE partner = $1 AND event_id = $2;
