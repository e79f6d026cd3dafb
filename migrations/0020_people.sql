-- The life of people and groups: kinds of accounts, ids that never come back, stable groups, every membership's history, and a feed of changes.

ALTER TABLE accounts
  ADD COLUMN kind              text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),  -- a service account is a robot with owners
  ADD COLUMN given_name        text,
  ADD COLUMN family_name       text,
  ADD COLUMN affiliation       text,                                 -- home institution, for people
  ADD COLUMN email_verified_at timestamptz,                          -- null: nobody proved that mail arrives
  ADD COLUMN labels            jsonb NOT NULL DEFAULT '{}',          -- name to value, for administrators and scripts
  ADD COLUMN suspended_at      timestamptz,
  ADD COLUMN suspended_because text;                                 -- told to administrators, and to the account at a login
CREATE INDEX accounts_email ON accounts (lower(email));
CREATE INDEX accounts_ends_at ON accounts (ends_at) WHERE ends_at IS NOT NULL;

-- Apart from `accounts`: a login changes nothing that others read.
CREATE TABLE account_logins (
  account_id text PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  at         timestamptz NOT NULL,
  upstream   text                                                    -- name of the upstream provider; null: with a secret of this server
);

CREATE TABLE account_owners (
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,  -- a service account
  owner_id   text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, owner_id)
);
CREATE INDEX account_owners_owner ON account_owners (owner_id);

-- A `sub` goes to one person for ever (W-CLM-1), and so does a username, since grants name it. Nothing else is kept of who is gone.
CREATE TABLE removed_accounts (
  id              text PRIMARY KEY,
  username_digest bytea NOT NULL UNIQUE,                             -- SHA-256
  removed_at      timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION refuse_removed_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM removed_accounts WHERE id = NEW.id OR username_digest = sha256(convert_to(NEW.username, 'UTF8'))) THEN
    RAISE EXCEPTION 'the account `%` was removed, and its id and its username are never given again', NEW.username
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'removed_accounts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_removed BEFORE INSERT OR UPDATE OF id, username ON accounts FOR EACH ROW EXECUTE FUNCTION refuse_removed_account();

CREATE FUNCTION keep_removed_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO removed_accounts (id, username_digest) VALUES (OLD.id, sha256(convert_to(OLD.username, 'UTF8'))) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_removed AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION keep_removed_account();

ALTER TABLE groups
  ADD COLUMN labels     jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

ALTER TABLE memberships
  ADD COLUMN reason     text,
  ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX memberships_ends_at ON memberships (ends_at) WHERE ends_at IS NOT NULL;

-- Who writes and why are settings of the writer's transaction: `sluice.actor`, `sluice.reason`, as for the history of rules (migration 0006).
CREATE FUNCTION writer() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting('sluice.actor', true), ''), 'database:' || session_user)
$$;

-- Every state of every membership; the path is the group's at that time.
CREATE TABLE membership_history (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text NOT NULL,                             -- no reference: the history of who is gone stays, under the id alone
  group_id   uuid NOT NULL,
  group_path text NOT NULL,
  change     text NOT NULL CHECK (change IN ('added', 'changed', 'removed', 'ended')),
  starts_at  timestamptz,
  ends_at    timestamptz,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor      text NOT NULL DEFAULT writer(),
  reason     text DEFAULT nullif(current_setting('sluice.reason', true), '')
);
CREATE INDEX membership_history_account ON membership_history (account_id, id);
CREATE INDEX membership_history_group ON membership_history (group_id, id);

-- What changed, for scripts that keep a copy. A reader takes only rows of transactions older than every open one
-- (`xact < pg_snapshot_xmin(pg_current_snapshot())`), in the order (xact, sequence): so nothing appears behind its back.
CREATE TABLE changes (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xact     xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind     text NOT NULL CHECK (kind IN ('account', 'group', 'membership')),
  change   text NOT NULL CHECK (change IN ('created', 'changed', 'removed', 'ended')),
  id       text NOT NULL,                               -- of the account or the group; of a membership: the account's
  group_id uuid                                         -- of a membership
);
CREATE INDEX changes_order ON changes (xact, sequence);

CREATE FUNCTION note_membership_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO membership_history (account_id, group_id, group_path, change, starts_at, ends_at, reason)
    SELECT m.account_id, m.group_id, g.path, 'added', m.starts_at, m.ends_at, coalesce(m.reason, nullif(current_setting('sluice.reason', true), ''))
    FROM new_rows m JOIN groups g ON g.id = m.group_id;
    INSERT INTO changes (kind, change, id, group_id) SELECT 'membership', 'created', account_id, group_id FROM new_rows;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO membership_history (account_id, group_id, group_path, change, starts_at, ends_at)
    SELECT n.account_id, n.group_id, g.path, 'changed', n.starts_at, n.ends_at
    FROM new_rows n JOIN old_rows o USING (account_id, group_id) JOIN groups g ON g.id = n.group_id
    WHERE (n.starts_at, n.ends_at) IS DISTINCT FROM (o.starts_at, o.ends_at);
    INSERT INTO changes (kind, change, id, group_id)
    SELECT 'membership', 'changed', n.account_id, n.group_id FROM new_rows n JOIN old_rows o USING (account_id, group_id)
    WHERE (n.starts_at, n.ends_at) IS DISTINCT FROM (o.starts_at, o.ends_at);
  ELSE
    -- A group that is being removed takes its memberships along, and has no path any more.
    INSERT INTO membership_history (account_id, group_id, group_path, change, starts_at, ends_at)
    SELECT o.account_id, o.group_id, coalesce(g.path, ''), 'removed', o.starts_at, o.ends_at
    FROM old_rows o LEFT JOIN groups g ON g.id = o.group_id;
    INSERT INTO changes (kind, change, id, group_id) SELECT 'membership', 'removed', account_id, group_id FROM old_rows;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON memberships REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_membership_change();
CREATE TRIGGER note_update AFTER UPDATE ON memberships REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_membership_change();
CREATE TRIGGER note_delete AFTER DELETE ON memberships REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION note_membership_change();

-- The argument is the kind; a password alone is nobody's business.
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO changes (kind, change, id) SELECT TG_ARGV[0], 'created', id::text FROM new_rows;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO changes (kind, change, id) SELECT TG_ARGV[0], 'changed', n.id::text FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE to_jsonb(n) - '{password_hash,declared,updated_at,position}'::text[] <> to_jsonb(o) - '{password_hash,declared,updated_at,position}'::text[];
  ELSE
    INSERT INTO changes (kind, change, id) SELECT TG_ARGV[0], 'removed', id::text FROM old_rows;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_insert AFTER INSERT ON accounts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_change('account');
CREATE TRIGGER note_update AFTER UPDATE ON accounts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_change('account');
CREATE TRIGGER note_delete AFTER DELETE ON accounts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION note_change('account');
CREATE TRIGGER note_insert AFTER INSERT ON groups REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_change('group');
CREATE TRIGGER note_update AFTER UPDATE ON groups REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_change('group');
CREATE TRIGGER note_delete AFTER DELETE ON groups REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION note_change('group');

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON groups FOR EACH ROW EXECUTE FUNCTION touch();

-- The audit log is searched by whom and by what.
ALTER TABLE audit_log
  ADD COLUMN object_kind text,                          -- account, group, client, upstream, key, …; null: nothing in particular
  ADD COLUMN object_id   text;
CREATE INDEX audit_log_object ON audit_log (object_kind, object_id, id) WHERE object_id IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor, id);
