-- The life of clients: owners, what administrators granted beside the owners' choice, two secrets, requests for more, suspension, and changes read one by one.

-- What administrators granted is kept apart, so that no edit by an owner or by the client itself reaches it.
ALTER TABLE clients
  ADD COLUMN granted                 jsonb NOT NULL DEFAULT '{}',   -- {scopes, audiences, grantTypes, exchangeOffline, privileged}
  ADD COLUMN secret_created_at       timestamptz,                   -- null: before this was kept
  ADD COLUMN previous_secret_hash    text,                          -- the one before, valid until its end
  ADD COLUMN previous_secret_ends_at timestamptz,
  ADD COLUMN previous_secret_created_at timestamptz,
  ADD COLUMN suspended_at            timestamptz,
  ADD COLUMN suspended_because       text,
  ADD COLUMN suspended_by            text CHECK (suspended_by IN ('unused', 'administrator')),  -- null with `suspended`: the lake file
  ADD CONSTRAINT clients_previous_secret CHECK ((previous_secret_hash IS NULL) = (previous_secret_ends_at IS NULL));
ALTER TABLE clients ALTER COLUMN secret_created_at SET DEFAULT now();
CREATE INDEX clients_registered_by ON clients (registered_by, registered_at) WHERE registered_by IS NOT NULL;

CREATE TABLE client_owners (
  client_id  text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  position   integer NOT NULL,                          -- order in which they are named
  PRIMARY KEY (client_id, account_id)
);
CREATE INDEX client_owners_account ON client_owners (account_id, client_id);

INSERT INTO client_owners (client_id, account_id, position)
SELECT client_id, accounts.id, min(said.position)
FROM clients, jsonb_array_elements_text(coalesce(definition->'owners', '[]')) WITH ORDINALITY AS said (username, position)
JOIN accounts USING (username)
GROUP BY client_id, accounts.id;

-- What registered clients have beyond what they may give themselves was allowed by an administrator.
UPDATE clients SET
  granted = jsonb_strip_nulls(jsonb_build_object(
    'scopes', (SELECT jsonb_agg(scope) FROM jsonb_array_elements_text(definition->'scopes') AS scope
               WHERE scope NOT IN ('openid', 'profile', 'email', 'offline_access', 'wlcg.groups', 'wlcg', 'aarc')),
    'grantTypes', (SELECT jsonb_agg(grant_type) FROM jsonb_array_elements_text(definition->'grantTypes') AS grant_type
               WHERE grant_type NOT IN ('authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code')))),
  definition = definition || jsonb_strip_nulls(jsonb_build_object(
    'scopes', (SELECT coalesce(jsonb_agg(scope), '[]') FROM jsonb_array_elements_text(definition->'scopes') AS scope
               WHERE scope IN ('openid', 'profile', 'email', 'offline_access', 'wlcg.groups', 'wlcg', 'aarc')),
    'grantTypes', (SELECT coalesce(jsonb_agg(grant_type), '[]') FROM jsonb_array_elements_text(definition->'grantTypes') AS grant_type
               WHERE grant_type IN ('authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'))))
WHERE registered_at IS NOT NULL AND NOT declared;
UPDATE clients SET definition = definition - 'owners' WHERE definition ? 'owners';

-- Asked to become an owner; of accounts that do not exist as well, so that nobody learns by it who is here.
CREATE TABLE client_invitations (
  client_id  text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  username   text NOT NULL,                             -- as it was typed
  account_id text REFERENCES accounts (id) ON DELETE CASCADE,
  invited_by text NOT NULL,                             -- username
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (client_id, username)
);
CREATE INDEX client_invitations_account ON client_invitations (account_id) WHERE account_id IS NOT NULL;

CREATE TABLE client_requests (
  id          uuid PRIMARY KEY,
  client_id   text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  account_id  text REFERENCES accounts (id) ON DELETE SET NULL,  -- who asked; null: gone, or a client
  asked       jsonb NOT NULL,                           -- as `clients.granted`
  note        text NOT NULL,
  state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn', 'expired')),
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  decided_at  timestamptz,
  decided_by  text,
  reason      text,
  approved    jsonb                                     -- what of it was granted
);
CREATE INDEX client_requests_waiting ON client_requests (created_at, id) WHERE state = 'waiting';
CREATE INDEX client_requests_client ON client_requests (client_id, created_at);

-- Apart from `clients`, as client_uses: nothing that tokens depend on.
CREATE TABLE client_secret_uses (
  secret_hash text COLLATE "C" NOT NULL,
  client_id   text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  used_on     date NOT NULL,
  PRIMARY KEY (client_id, secret_hash)
);
CREATE TABLE client_unused_notices (
  client_id  text COLLATE "C" PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  told_on    date NOT NULL                              -- counts no more when the client was used or changed since
);

-- Which clients changed with which version of the lake: of 10 000 a process reads only these.
CREATE TABLE client_versions (
  client_id text COLLATE "C" PRIMARY KEY,               -- no reference: a deletion is a change
  version   bigint NOT NULL
);
CREATE INDEX client_versions_version ON client_versions (version);

CREATE FUNCTION note_client_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO client_versions (client_id, version) SELECT DISTINCT client_id, lake_version.version FROM old_rows, lake_version
    ON CONFLICT (client_id) DO UPDATE SET version = excluded.version;
  ELSE
    INSERT INTO client_versions (client_id, version) SELECT DISTINCT client_id, lake_version.version FROM new_rows, lake_version
    ON CONFLICT (client_id) DO UPDATE SET version = excluded.version;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON clients REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_client_version();
CREATE TRIGGER note_update AFTER UPDATE ON clients REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_client_version();
CREATE TRIGGER note_delete AFTER DELETE ON clients REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION note_client_version();
CREATE TRIGGER note_insert AFTER INSERT ON client_memberships REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_client_version();
CREATE TRIGGER note_update AFTER UPDATE ON client_memberships REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_client_version();
CREATE TRIGGER note_delete AFTER DELETE ON client_memberships REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION note_client_version();
