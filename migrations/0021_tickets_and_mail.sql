-- What is proved once and then gone, and mails on their way.

-- Half-done logins, challenges of passkeys, the state of upstream logins, links in mails, invitations: each is held by whoever has
-- its secret, once, and where `binding_hash` is set only together with that other secret, such as a cookie.
CREATE TABLE tickets (
  token_hash   text COLLATE "C" PRIMARY KEY,
  purpose      text NOT NULL,
  binding_hash text COLLATE "C",
  account_id   text REFERENCES accounts (id) ON DELETE CASCADE,  -- whose it is; null: nobody's yet
  payload      jsonb NOT NULL,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL
);
CREATE INDEX tickets_expires_at ON tickets (expires_at);
CREATE INDEX tickets_account ON tickets (account_id, purpose) WHERE account_id IS NOT NULL;

-- Written in the transaction of what it tells; sent afterwards, until the mail server takes it.
CREATE TABLE outbox (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recipient       text NOT NULL,                                 -- mail address
  account_id      text REFERENCES accounts (id) ON DELETE CASCADE,  -- whom it is for; goes with the account
  kind            text NOT NULL,                                 -- names the text (src/mail/texts.ts)
  data            jsonb NOT NULL,                                -- what the text is made of
  created_at      timestamptz NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  last_error      text,
  settled_at      timestamptz,                                   -- sent or given up; `data` is emptied then, as links in it are secrets
  outcome         text CHECK (outcome IN ('sent', 'failed'))
);
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE settled_at IS NULL;
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;
