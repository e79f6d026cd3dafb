-- Chains of refresh tokens with a grace (W-REF-3): found by the part that all tokens of a chain share, so that a rotation changes no index.

ALTER TABLE refresh_tokens
  ADD COLUMN family_hash       text COLLATE "C",                                  -- SHA-256 of what stands before the dot of each token of the chain
  ADD COLUMN successor_nonce   text,                                              -- with the previous token it makes the present one; alone it opens nothing
  ADD COLUMN in_grace          jsonb NOT NULL DEFAULT '[]',                       -- [{hash, nonce, until}]: older tokens that still get their successor
  ADD COLUMN last_used_at      timestamptz,
  ADD COLUMN subject_client_id text COLLATE "C" REFERENCES clients (client_id) ON DELETE CASCADE,   -- whose exchanged token it rests on, when it was a client's
  ADD COLUMN origin_client_id  text COLLATE "C" REFERENCES clients (client_id) ON DELETE CASCADE,   -- for whom the exchanged token was issued
  ALTER COLUMN account_id DROP NOT NULL;

-- A token of before has no dot: it is its own family, and its successors begin with it.
UPDATE refresh_tokens SET family_hash = token_hash, last_used_at = rotated_at;

ALTER TABLE refresh_tokens
  ALTER COLUMN family_hash SET NOT NULL,
  ALTER COLUMN last_used_at SET NOT NULL,
  ADD CONSTRAINT refresh_tokens_family UNIQUE (family_hash),
  ADD CONSTRAINT refresh_tokens_principal CHECK (account_id IS NOT NULL OR subject_client_id IS NOT NULL),
  DROP CONSTRAINT refresh_tokens_token_hash_key;
DROP INDEX refresh_tokens_previous;
-- Rotations then stay within their page.
ALTER TABLE refresh_tokens SET (fillfactor = 70);
CREATE INDEX refresh_tokens_client ON refresh_tokens (client_id);
CREATE INDEX refresh_tokens_subject_client ON refresh_tokens (subject_client_id) WHERE subject_client_id IS NOT NULL;
CREATE INDEX refresh_tokens_origin_client ON refresh_tokens (origin_client_id) WHERE origin_client_id IS NOT NULL;
