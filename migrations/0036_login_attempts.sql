-- Failed logins, so that guessing is slow in every process alike, and what people see of the logins to their account.

-- Keys are hashes: names that somebody typed may be passwords.
CREATE TABLE login_attempts (
  key           text COLLATE "C" PRIMARY KEY,
  failures      integer NOT NULL,                       -- since the last success or the last long pause
  last_at       timestamptz NOT NULL,
  blocked_until timestamptz                             -- null: the next attempt is free
);
CREATE INDEX login_attempts_last_at ON login_attempts (last_at);

CREATE TABLE login_history (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  at         timestamptz NOT NULL,
  address    text,                                      -- network address; null: not known
  agent      text,                                      -- family of the browser and system, such as `Firefox, Linux`
  upstream   text,                                      -- name of the upstream provider; null: with a secret of this server
  amr        text[] NOT NULL                            -- RFC 8176
);
CREATE INDEX login_history_account ON login_history (account_id, id);
CREATE INDEX login_history_at ON login_history (at);
