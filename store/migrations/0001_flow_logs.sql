-- Network resources are documents: their working form is in memory (package vpc).
CREATE TABLE network (
	id      TEXT PRIMARY KEY,
	kind    TEXT NOT NULL,
	account TEXT NOT NULL,
	region  TEXT NOT NULL,
	body    TEXT NOT NULL
) WITHOUT ROWID;

-- Tags of anything that has an EC2 resource id.
CREATE TABLE tags (
	account       TEXT NOT NULL,
	region        TEXT NOT NULL,
	resource_id   TEXT NOT NULL,
	resource_type TEXT NOT NULL,
	key           TEXT NOT NULL,
	value         TEXT NOT NULL,
	PRIMARY KEY (account, region, resource_id, key)
) WITHOUT ROWID;

-- A deleted flow log stays until what was sealed for it is delivered.
CREATE TABLE flow_logs (
	seq        INTEGER PRIMARY KEY AUTOINCREMENT,
	id         TEXT NOT NULL UNIQUE,
	account    TEXT NOT NULL,
	region     TEXT NOT NULL,
	config     TEXT NOT NULL,
	created_at INTEGER NOT NULL,           -- Unix milliseconds
	deleted_at INTEGER,
	failure    TEXT NOT NULL DEFAULT ''    -- error of the last delivery, '' after a success
);

-- A sealed window file that a flow log wants, until the file is gone.
CREATE TABLE spool (
	file        INTEGER NOT NULL,
	flow_log_id TEXT NOT NULL,
	slot        INTEGER NOT NULL,          -- Unix seconds: the five minutes in which its records end
	delivery    INTEGER,                   -- the manifest it went into
	PRIMARY KEY (file, flow_log_id)
) WITHOUT ROWID;
CREATE INDEX spool_waiting ON spool (flow_log_id, slot, file) WHERE delivery IS NULL;
CREATE INDEX spool_delivery ON spool (delivery);

-- A manifest: these spool files, for this flow log, under this name. It is
-- committed before anything is sent, so that a restart sends the same again.
CREATE TABLE deliveries (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	flow_log_id  TEXT NOT NULL,
	slot         INTEGER NOT NULL,
	destination  TEXT NOT NULL,            -- the object's key; '' for log groups
	created_at   INTEGER NOT NULL,         -- Unix milliseconds
	delivered_at INTEGER
);
CREATE INDEX deliveries_waiting ON deliveries (id) WHERE delivered_at IS NULL;

-- Spool file numbers are never used twice; what was open tells a restart after a crash what was lost.
CREATE TABLE spool_files (
	file INTEGER PRIMARY KEY AUTOINCREMENT
);
CREATE TABLE open_windows (
	interface_id TEXT PRIMARY KEY,
	since        INTEGER NOT NULL          -- Unix nanoseconds
) WITHOUT ROWID;
