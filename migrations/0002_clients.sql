-- OAuth clients. What the lake file says of a client is kept as one validated document, its secret only as a hash.

CREATE TABLE clients (
  client_id   text COLLATE "C" PRIMARY KEY,
  secret_hash text,                                     -- `sha256:` and base64url of SHA-256 of the secret
  definition  jsonb NOT NULL,                           -- the lake file's fields, without clientId, secrets and groups
  state       text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
  declared    boolean NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE client_memberships (
  client_id text COLLATE "C" NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  group_id  uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  starts_at timestamptz,
  ends_at   timestamptz,
  declared  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (client_id, group_id)
);
