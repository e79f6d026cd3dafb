-- How each upstream provider answered last, for administrators, by its name in the lake file.
CREATE TABLE upstream_states (
  name        text COLLATE "C" PRIMARY KEY,
  answered_at timestamptz,
  failed_at   timestamptz,
  failure     text                                      -- a code, such as `ECONNREFUSED`; never what was sent
);
