CREATE TABLE log_groups (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	account    TEXT NOT NULL,
	region     TEXT NOT NULL,
	name       TEXT NOT NULL,
	created_at INTEGER NOT NULL,           -- Unix milliseconds, like all times here
	bytes      INTEGER NOT NULL DEFAULT 0,
	UNIQUE (account, region, name)
);

CREATE TABLE log_streams (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	group_id   INTEGER NOT NULL REFERENCES log_groups (id) ON DELETE CASCADE,
	name       TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	events     INTEGER NOT NULL DEFAULT 0,
	first_at   INTEGER NOT NULL DEFAULT 0,
	last_at    INTEGER NOT NULL DEFAULT 0,
	ingested   INTEGER NOT NULL DEFAULT 0,
	UNIQUE (group_id, name)
);

-- seq grows with ingestion, so (at, seq) is the order of events and their identity.
CREATE TABLE log_events (
	seq       INTEGER PRIMARY KEY AUTOINCREMENT,
	group_id  INTEGER NOT NULL REFERENCES log_groups (id) ON DELETE CASCADE,
	stream_id INTEGER NOT NULL REFERENCES log_streams (id) ON DELETE CASCADE,
	at        INTEGER NOT NULL,
	ingested  INTEGER NOT NULL,
	message   TEXT NOT NULL
);
CREATE INDEX log_events_by_group ON log_events (group_id, at, seq);
CREATE INDEX log_events_by_stream ON log_events (stream_id, at, seq);
