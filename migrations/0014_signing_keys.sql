-- The issuer's signing keys (W-KEY-3) and what was done with them. The state of a key follows from its times, so that every
-- process changes over at the same instant without a message.
CREATE TABLE signing_keys (
  kid          text COLLATE "C" PRIMARY KEY,
  alg          text NOT NULL CHECK (alg IN ('RS256', 'ES256')),
  public_jwk   jsonb NOT NULL,
  sealed       text,                                    -- private key, AES-256-GCM (src/keys/seal.ts); null: erased, or in a device
  reference    text,                                    -- by which the module of `SLUICE_KEYS_MODULE` knows the key; null: sealed here
  development  boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL,
  published_at timestamptz NOT NULL,
  activates_at timestamptz,                             -- signs from then on; null: only published
  retires_at   timestamptz,                             -- signs no longer, still published
  removed_at   timestamptz,                             -- no longer published
  compromised  boolean NOT NULL DEFAULT false,          -- removed in an emergency: nothing that it signed counts any more
  CHECK (NOT (public_jwk ?| ARRAY['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])),
  CHECK (sealed IS NULL OR reference IS NULL)
);

-- Append-only: who did what with which key, and why.
CREATE TABLE signing_key_history (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kid      text COLLATE "C" NOT NULL,
  action   text NOT NULL CHECK (action IN ('imported', 'published', 'scheduled', 'activated', 'retired', 'removed', 'erased', 'sealed')),
  at       timestamptz NOT NULL,                        -- when it was done
  takes_effect_at timestamptz,                          -- null: at once
  actor    text NOT NULL,                               -- `operator`, or `schedule`
  reason   text
);

-- Looked at together with `lake_version` several times a second (src/storage/watch-connection.ts).
CREATE TABLE signing_key_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version  bigint NOT NULL
);
INSERT INTO signing_key_version (version) VALUES (1);

CREATE FUNCTION announce_signing_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE signing_key_version SET version = version + 1;
  -- The channel on which every process listens already.
  PERFORM pg_notify('sluice_lake', 'keys');
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON signing_keys
  FOR EACH STATEMENT EXECUTE FUNCTION announce_signing_keys();

CREATE FUNCTION refuse_signing_key_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of signing keys is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signing_key_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_signing_key_history();
