-- What the protocol library stores (sessions, interactions, codes, device codes, grants) and what outlives a browser session.

CREATE TABLE artifacts (
  model       text NOT NULL,
  id_hash     text COLLATE "C" NOT NULL,                -- SHA-256 of the identifier, base64url: the database alone opens nothing
  payload     jsonb NOT NULL,                           -- without the identifier itself
  grant_id    text COLLATE "C",
  uid         text COLLATE "C",
  user_code   text COLLATE "C",
  expires_at  timestamptz,
  consumed_at timestamptz,
  PRIMARY KEY (model, id_hash)
);
CREATE INDEX artifacts_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;       -- revocation of everything of one grant
CREATE INDEX artifacts_uid ON artifacts (model, uid) WHERE uid IS NOT NULL;             -- sessions by uid
CREATE UNIQUE INDEX artifacts_user_code ON artifacts (user_code) WHERE user_code IS NOT NULL;
CREATE INDEX artifacts_expiry ON artifacts (expires_at) WHERE expires_at IS NOT NULL;   -- the purge of expired rows

-- One row per chain of refresh tokens, whatever the number of rotations.
CREATE TABLE refresh_tokens (
  id            uuid PRIMARY KEY,
  token_hash    text COLLATE "C" NOT NULL UNIQUE,       -- SHA-256 of the present token
  previous_hash text COLLATE "C",                       -- of the one before it: its reuse revokes the chain
  client_id     text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  account_id    text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  grant_id      text COLLATE "C" NOT NULL,
  payload       jsonb NOT NULL,                         -- ceiling (scope asked and consented), audience, auth_time, acr, amr, nonce, sid
  created_at    timestamptz NOT NULL,
  rotated_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  revoked_at    timestamptz
);
CREATE UNIQUE INDEX refresh_tokens_previous ON refresh_tokens (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX refresh_tokens_grant ON refresh_tokens (grant_id);
CREATE INDEX refresh_tokens_account ON refresh_tokens (account_id);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens (expires_at);

-- What a user allowed a client, remembered over browser sessions, for one audience.
CREATE TABLE consents (
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  client_id  text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  audience   text COLLATE "C" NOT NULL,
  granted    text[] NOT NULL,
  refused    text[] NOT NULL DEFAULT '{}',              -- unticked by the user
  decided_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, client_id, audience)
);

-- Access tokens revoked before their end, for introspection and userinfo; verifiers that work offline do not see it.
CREATE TABLE revoked_access_tokens (
  jti        text COLLATE "C" PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
