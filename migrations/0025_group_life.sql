-- The life of groups and memberships: ends that were noted, reminders, requests and invitations.

ALTER TABLE groups
  ADD COLUMN parent text COLLATE "C" GENERATED ALWAYS AS (nullif(regexp_replace(path, '/[^/]*$', ''), '')) STORED;
CREATE INDEX groups_parent ON groups (parent, path);
CREATE INDEX group_managers_group ON group_managers (group_id);

ALTER TABLE memberships
  ADD COLUMN end_noted     boolean NOT NULL DEFAULT false,      -- the history and the feed tell that the clock ended it
  ADD COLUMN reminded_days integer;                             -- of the last reminder before the end; null: none went out
CREATE INDEX memberships_end_due ON memberships (ends_at) WHERE ends_at IS NOT NULL AND NOT end_noted;

-- Another end is another story: it is told and reminded of anew.
CREATE FUNCTION forget_old_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.end_noted := false;
  NEW.reminded_days := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER forget_old_end BEFORE UPDATE ON memberships FOR EACH ROW
  WHEN (NEW.ends_at IS DISTINCT FROM OLD.ends_at) EXECUTE FUNCTION forget_old_end();

CREATE TABLE group_requests (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  group_id   uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  kind       text NOT NULL CHECK (kind IN ('join', 'renewal')),
  note       text,                                              -- what the member says to the managers
  state      text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'refused', 'withdrawn', 'expired')),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  decided_by text,                                              -- `user:<username>`, `client:<id>`, `operator` or `system:<name>`
  answer     text,                                              -- the reason that the member is told
  starts_at  timestamptz,                                       -- of the membership that was approved
  ends_at    timestamptz
);
CREATE UNIQUE INDEX group_requests_pending ON group_requests (account_id, group_id) WHERE state = 'pending';
CREATE INDEX group_requests_account ON group_requests (account_id, created_at, id);
CREATE INDEX group_requests_group ON group_requests (group_id, state, created_at, id);
CREATE INDEX group_requests_order ON group_requests (created_at, id);
CREATE INDEX group_requests_expiry ON group_requests (expires_at) WHERE state = 'pending';

-- The secret of the link is a ticket (migration 0021) that names the invitation.
CREATE TABLE group_invitations (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  group_id   uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  email      text,                                              -- to whom the link was sent; null: it was handed out
  note       text,
  uses       integer NOT NULL CHECK (uses BETWEEN 1 AND 10000), -- so many may accept
  used       integer NOT NULL DEFAULT 0,
  starts_at  timestamptz,                                       -- of the membership
  ends_at    timestamptz,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  creator_id text REFERENCES accounts (id) ON DELETE CASCADE,   -- who loses the group loses the invitation; null: no person made it
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CHECK (used <= uses)
);
CREATE INDEX group_invitations_group ON group_invitations (group_id, created_at, id);
CREATE INDEX group_invitations_order ON group_invitations (created_at, id);
