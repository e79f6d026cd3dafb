-- Clients that registered themselves (RFC 7591): when and by whom, their management token, and the day of each client's last token.

ALTER TABLE clients
  ADD COLUMN registered_at           timestamptz,                                 -- null: the lake file or an administrator made it
  ADD COLUMN registered_by           text REFERENCES accounts (id) ON DELETE SET NULL,
  ADD COLUMN registration_token_hash text COLLATE "C";                            -- `sha256:` and base64url, of the registration access token (RFC 7592)
CREATE INDEX clients_registered ON clients (registered_at) WHERE registered_at IS NOT NULL;

-- Apart from `clients`: every write there makes all processes read the clients anew.
CREATE TABLE client_uses (
  client_id text COLLATE "C" PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  used_on   date NOT NULL                                                         -- UTC; written at most once a day by each process
);
