-- People and the groups they are in. `declared` marks what a lake file created: only that may `apply --prune` take away.

CREATE TABLE accounts (
  id            text PRIMARY KEY DEFAULT gen_random_uuid()::text CHECK (id ~ '^[!-~]{1,255}$'),  -- the `sub` of tokens (W-CLM-1)
  username      text COLLATE "C" NOT NULL UNIQUE,
  name          text,
  email         text,
  password_hash text,                                   -- argon2id, PHC string
  roles         text[] NOT NULL DEFAULT '{}',
  state         text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
  ends_at       timestamptz,
  declared      boolean NOT NULL DEFAULT false,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE groups (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  path        text COLLATE "C" NOT NULL UNIQUE,         -- `/vo/name`, WLCG profile section 4.1
  description text,
  is_default  boolean NOT NULL DEFAULT false,           -- asserted whenever groups are asked for (W-GRP-3)
  position    integer NOT NULL,                         -- the order of default groups in a token (W-GRP-5)
  declared    boolean NOT NULL DEFAULT false
);

CREATE TABLE memberships (
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  group_id   uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  starts_at  timestamptz,                               -- null: since ever
  ends_at    timestamptz,                               -- null: without end
  declared   boolean NOT NULL DEFAULT false,
  PRIMARY KEY (account_id, group_id)
);
CREATE INDEX memberships_group ON memberships (group_id);

CREATE TABLE group_managers (
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  group_id   uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  declared   boolean NOT NULL DEFAULT false,
  PRIMARY KEY (account_id, group_id)
);
