CREATE TABLE buckets (
	name       TEXT PRIMARY KEY,
	region     TEXT NOT NULL,
	account    TEXT NOT NULL,
	created_at INTEGER NOT NULL            -- Unix milliseconds
) WITHOUT ROWID;

-- Keys are BLOBs: S3 orders them by their bytes, and they may hold any byte.
CREATE TABLE objects (
	bucket      TEXT NOT NULL REFERENCES buckets (name),
	key         BLOB NOT NULL,
	size        INTEGER NOT NULL,
	md5         BLOB NOT NULL,
	etag        TEXT NOT NULL,
	modified_at INTEGER NOT NULL,          -- Unix milliseconds
	metadata    TEXT NOT NULL,             -- JSON, header name to value
	blob        TEXT NOT NULL,             -- the file with the bytes
	PRIMARY KEY (bucket, key)
) WITHOUT ROWID;

-- Multipart uploads in progress, and what has arrived of them.
CREATE TABLE uploads (
	id         TEXT PRIMARY KEY,
	bucket     TEXT NOT NULL REFERENCES buckets (name),
	key        BLOB NOT NULL,
	started_at INTEGER NOT NULL,           -- Unix milliseconds
	metadata   TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_by_key ON uploads (bucket, key, id);

CREATE TABLE parts (
	upload      TEXT NOT NULL REFERENCES uploads (id),
	number      INTEGER NOT NULL,
	size        INTEGER NOT NULL,
	md5         BLOB NOT NULL,
	checksum    TEXT NOT NULL,
	modified_at INTEGER NOT NULL,          -- Unix milliseconds
	blob        TEXT NOT NULL,
	PRIMARY KEY (upload, number)
) WITHOUT ROWID;
