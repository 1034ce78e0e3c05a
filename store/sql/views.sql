-- name: keep
-- Note that $2 read $3 of each of the families $1, in request $4.
INSERT INTO views (reference, actor, what, request_id) SELECT unnest($1::text[]), $2, $3, $4;

-- name: listing
-- Who looked at family $1, the newest first; at most $2, before number $3.
SELECT seq, reference, actor, what, at, request_id FROM views
 WHERE reference = $1 AND seq < $3
 ORDER BY seq DESC
 LIMIT $2;
