-- What people prove a login with beside the password: passkeys (WebAuthn), one-time codes (RFC 6238), recovery codes.

CREATE TABLE passkeys (
  id            text COLLATE "C" PRIMARY KEY,           -- credential id as base64url
  account_id    text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  user_handle   text COLLATE "C" NOT NULL,              -- what the device knows the account by; random, the same for all passkeys of an account
  name          text NOT NULL,                          -- of the person's choice
  public_key    bytea NOT NULL,                         -- COSE
  counter       bigint NOT NULL,                        -- uses as the device counts them; 0: it does not
  transports    text[] NOT NULL DEFAULT '{}',
  synced        boolean NOT NULL,                       -- it may be copied to other devices of its owner
  created_at    timestamptz NOT NULL,
  last_used_at  timestamptz
);
CREATE INDEX passkeys_account ON passkeys (account_id);

CREATE TABLE one_time_codes (
  account_id    text PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  sealed        text NOT NULL,                          -- the secret, encrypted under `SLUICE_KEYS_SECRET`
  last_step     bigint NOT NULL,                        -- of the newest code that was used: neither it nor an older one counts again
  created_at    timestamptz NOT NULL,
  last_used_at  timestamptz
);

CREATE TABLE recovery_codes (
  account_id    text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  code_hash     text COLLATE "C" NOT NULL,              -- SHA-256: the code is random
  created_at    timestamptz NOT NULL,
  used_at       timestamptz,
  PRIMARY KEY (account_id, code_hash)
);
