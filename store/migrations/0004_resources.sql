-- Everything that EC2 keeps is a document: its working form is in memory (package
-- vpc). A deleted flow log stays until what was sealed for it is delivered.
CREATE TABLE resources (
	kind       TEXT NOT NULL,
	id         TEXT NOT NULL,
	body       TEXT NOT NULL,
	deleted_at INTEGER,                    -- Unix milliseconds
	PRIMARY KEY (kind, id)
) WITHOUT ROWID;

-- The network was only what a start makes, with the same ids: default VPCs and discovered interfaces.
INSERT INTO resources (kind, id, body) SELECT 'tags', resource_id,
	json_object('ID', resource_id, 'Account', account, 'Region', region, 'Of', resource_type,
		'Tags', json_group_array(json_object('Key', key, 'Value', value) ORDER BY key))
	FROM tags GROUP BY account, region, resource_id;
INSERT INTO resources (kind, id, body, deleted_at) SELECT 'vpc-flow-log', id,
	json_set(config, '$.Created', strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch'), '$.Failure', failure), deleted_at FROM flow_logs;

DROP TABLE network;
DROP TABLE tags;
DROP TABLE flow_logs;
