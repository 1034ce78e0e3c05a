-- name: keep
-- Keep the pack of hash $1, name $2, version $3 and content $4, once.
INSERT INTO programmes (hash, name, version, content) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING;

-- name: content
-- The content of the pack with hash $1, as a value.
SELECT content FROM programmes WHERE hash = $1;

-- name: get
-- The content of the pack with hash $1.
SELECT content::text FROM programmes WHERE hash = $1;
