-- SCIM: identifiers that clients keep for our resources, where the pages of their lists begin, and indexes for what they ask.

-- A client's own identifier of an account or a group (RFC 7643 section 3.1).
CREATE TABLE scim_external_ids (
  account_id  text UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
  group_id    uuid UNIQUE REFERENCES groups (id) ON DELETE CASCADE,
  external_id text COLLATE "C" NOT NULL,
  CHECK (num_nonnulls(account_id, group_id) = 1)
);
CREATE INDEX scim_external_ids_value ON scim_external_ids (external_id);

-- Behind which entry a page begins, by its `startIndex`: what is added or removed before it moves nothing. Lost in a crash without harm.
CREATE UNLOGGED TABLE scim_walks (
  walk        bytea NOT NULL,                           -- SHA-256 of who asks, and for what, in which order
  start_index integer NOT NULL,
  key         text COLLATE "C" NOT NULL,
  seen_at     timestamptz NOT NULL,
  PRIMARY KEY (walk, start_index, key)
);
CREATE INDEX scim_walks_seen ON scim_walks (seen_at);

-- Lists are by creation.
CREATE INDEX accounts_created ON accounts (created_at, (id COLLATE "C"));
CREATE INDEX groups_created ON groups (created_at, id);
CREATE INDEX accounts_username_lower ON accounts (lower(username));

-- When the members of a group last became others by the time alone.
CREATE INDEX memberships_group_starts ON memberships (group_id, starts_at) WHERE starts_at IS NOT NULL;
CREATE INDEX memberships_group_ends ON memberships (group_id, ends_at) WHERE ends_at IS NOT NULL;
