-- Which tokens are still out: a summary per block range of both times, cheap to keep as rows come in their order. It is brought
-- up to date while it grows, as nothing else vacuums these tables.
DROP INDEX issue_log_at;
CREATE INDEX issue_log_times ON issue_log USING brin (at, expires_at) WITH (autosummarize = on);
