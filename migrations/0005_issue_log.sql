-- Who got which token, and why: append-only, one partition a day, dropped whole when it is older than the settings say.

CREATE TABLE issue_log (
  at             timestamptz NOT NULL,
  event          text NOT NULL CHECK (event IN ('issued', 'refused', 'gap')),
  jti            text COLLATE "C",
  subject        text COLLATE "C",
  client_id      text COLLATE "C",
  flow           text,
  audience       text[],
  requested      text,
  issued         text,
  refused        jsonb,                                 -- [{scope, reason}]
  because        text[],                                -- ids of the determining rules
  policy_version bigint,
  expires_at     timestamptz,
  address        text,
  detail         jsonb                                  -- of a gap: the last entry known to be written
) PARTITION BY RANGE (at);
-- Looked up by equality only; a hash index costs less at each insert of a random identifier.
CREATE INDEX issue_log_jti ON issue_log USING hash (jti);
CREATE INDEX issue_log_subject ON issue_log (subject, at);

-- One row per server process: whether it ended in order. A start that finds `ended_at` empty marks a gap.
CREATE TABLE server_runs (
  id         uuid PRIMARY KEY,
  host       text NOT NULL,
  pid        integer NOT NULL,
  started_at timestamptz NOT NULL,
  alive_at   timestamptz NOT NULL,
  ended_at   timestamptz
);
