-- Grants and embargoes keep their history: who changed what, when and why; nothing is overwritten (policy-semantics 7).

ALTER TABLE grants ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE grants ADD COLUMN embargo_id text COLLATE "C";              -- the embargo whose party this grant was written for; null: it stands for itself
CREATE INDEX grants_embargo ON grants (embargo_id) WHERE embargo_id IS NOT NULL;

ALTER TABLE embargoes ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE embargoes ADD COLUMN retroactive boolean NOT NULL DEFAULT false;  -- closes open data at once, though tokens for it are out

-- Where an account with the role `embargo-manager` is one; null: everywhere. Without the role it says nothing.
ALTER TABLE accounts ADD COLUMN embargo_paths text[];

-- The version at the last change of each part of the snapshot, so that a process reads only what changed.
ALTER TABLE lake_version ADD COLUMN rules_version bigint NOT NULL DEFAULT 1;    -- grants, embargoes
ALTER TABLE lake_version ADD COLUMN clients_version bigint NOT NULL DEFAULT 1;  -- clients, client_memberships
ALTER TABLE lake_version ADD COLUMN base_version bigint NOT NULL DEFAULT 1;     -- all else
UPDATE lake_version SET rules_version = version, clients_version = version, base_version = version;

-- Every state of every grant and embargo; `document` in the words of the lake file, null: the rule was deleted.
CREATE TABLE rule_versions (
  kind           text NOT NULL CHECK (kind IN ('grant', 'embargo')),
  id             text COLLATE "C" NOT NULL,
  version        integer NOT NULL,
  policy_version bigint NOT NULL,                       -- `lake_version.version` from which it holds
  at             timestamptz NOT NULL,
  change         text NOT NULL,                         -- created, changed, extended, released, …
  actor          text NOT NULL,                         -- `user:<username>`, `client:<id>`, `operator`, or `database:<role>`
  reason         text,
  document       jsonb,
  PRIMARY KEY (kind, id, version)
);
CREATE INDEX rule_versions_policy_version ON rule_versions (policy_version);
CREATE INDEX rule_versions_at ON rule_versions (at);

-- The log of the last hours is searched for tokens that are still out; its rows come in the order of time.
CREATE INDEX issue_log_at ON issue_log USING brin (at);

CREATE FUNCTION rule_instant(instant timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT regexp_replace(to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '\.000Z$', 'Z')
$$;

CREATE FUNCTION grant_document(rule grants) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', rule.id, 'subject', rule.subject, 'actions', rule.actions, 'path', rule.path, 'audiences', rule.audiences,
    'from', rule_instant(rule.starts_at), 'until', rule_instant(rule.ends_at), 'embargo', rule.embargo_id)
$$;

CREATE FUNCTION embargo_document(rule embargoes) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', rule.id, 'title', rule.title, 'basis', rule.basis, 'path', rule.path, 'exempt', rule.exempt,
    'actions', rule.actions, 'from', rule_instant(rule.starts_at), 'until', rule_instant(rule.ends_at),
    'hardLimit', rule_instant(rule.hard_limit), 'retroactive', rule.retroactive,
    'maxTokenLifetimeSeconds', rule.max_token_lifetime_seconds, 'parties', rule.parties, 'limits', rule.limits,
    'state', rule.state)
$$;

-- A rule that is made anew under an old id goes on from the old number; a write that changes nothing is no new version.
CREATE FUNCTION number_rule_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  same boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT coalesce(max(version), 0) + 1 INTO NEW.version FROM rule_versions WHERE kind = TG_ARGV[0] AND id = NEW.id;
    RETURN NEW;
  END IF;
  IF NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'the id of a rule never changes';
  END IF;
  IF TG_ARGV[0] = 'grant' THEN
    same := grant_document(OLD) = grant_document(NEW);
  ELSE
    same := embargo_document(OLD) = embargo_document(NEW);
  END IF;
  NEW.version := OLD.version + CASE WHEN same THEN 0 ELSE 1 END;
  RETURN NEW;
END $$;

-- Who, why and what are settings of the writer's transaction: `sluice.actor`, `sluice.reason`, `sluice.change`.
CREATE FUNCTION record_rule_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  document jsonb;
  rule_id text;
  rule_version integer;
  change text;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.version = OLD.version THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    rule_id := OLD.id;
    rule_version := OLD.version + 1;
    change := 'removed';
  ELSE
    rule_id := NEW.id;
    rule_version := NEW.version;
    change := CASE TG_OP WHEN 'INSERT' THEN 'created' ELSE 'changed' END;
    IF TG_ARGV[0] = 'grant' THEN
      document := grant_document(NEW);
    ELSE
      document := embargo_document(NEW);
      IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state THEN
        change := CASE NEW.state WHEN 'active' THEN 'activated' ELSE NEW.state END;
      END IF;
    END IF;
  END IF;
  INSERT INTO rule_versions (kind, id, version, policy_version, at, change, actor, reason, document)
  SELECT TG_ARGV[0], rule_id, rule_version, lake_version.version, clock_timestamp(),
    coalesce(nullif(current_setting('sluice.change', true), ''), change),
    coalesce(nullif(current_setting('sluice.actor', true), ''), 'database:' || session_user),
    nullif(current_setting('sluice.reason', true), ''), document
  FROM lake_version;
  RETURN NULL;
END $$;

CREATE TRIGGER number_version BEFORE INSERT OR UPDATE ON grants FOR EACH ROW EXECUTE FUNCTION number_rule_version('grant');
CREATE TRIGGER number_version BEFORE INSERT OR UPDATE ON embargoes FOR EACH ROW EXECUTE FUNCTION number_rule_version('embargo');
CREATE TRIGGER record_version AFTER INSERT OR UPDATE OR DELETE ON grants FOR EACH ROW EXECUTE FUNCTION record_rule_version('grant');
CREATE TRIGGER record_version AFTER INSERT OR UPDATE OR DELETE ON embargoes FOR EACH ROW EXECUTE FUNCTION record_rule_version('embargo');

CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history of rules is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER keep BEFORE TRUNCATE ON grants FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER keep BEFORE TRUNCATE ON embargoes FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();

-- Before the statement, so that writers take turns and each row's history names the version that the writer makes.
DROP TRIGGER announce ON groups;
DROP TRIGGER announce ON clients;
DROP TRIGGER announce ON client_memberships;
DROP TRIGGER announce ON storages;
DROP TRIGGER announce ON namespace_paths;
DROP TRIGGER announce ON grants;
DROP TRIGGER announce ON embargoes;
DROP TRIGGER announce ON lake_settings;
DROP FUNCTION announce_lake_change();

CREATE FUNCTION announce_lake_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lake_version SET
    version = version + 1,
    rules_version = CASE TG_ARGV[0] WHEN 'rules' THEN version + 1 ELSE rules_version END,
    clients_version = CASE TG_ARGV[0] WHEN 'clients' THEN version + 1 ELSE clients_version END,
    base_version = CASE TG_ARGV[0] WHEN 'base' THEN version + 1 ELSE base_version END;
  PERFORM pg_notify('sluice_lake', '');
  RETURN NULL;
END $$;

CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON groups FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('base');
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON clients FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('clients');
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_memberships FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('clients');
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON storages FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('base');
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON namespace_paths FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('base');
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE ON grants FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('rules');
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE ON embargoes FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('rules');
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON lake_settings FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('base');

INSERT INTO rule_versions (kind, id, version, policy_version, at, change, actor, reason, document)
SELECT 'grant', grants.id, 1, lake_version.version, clock_timestamp(), 'migrated', 'operator', 'taken over when histories began', grant_document(grants)
FROM grants, lake_version;
INSERT INTO rule_versions (kind, id, version, policy_version, at, change, actor, reason, document)
SELECT 'embargo', embargoes.id, 1, lake_version.version, clock_timestamp(), 'migrated', 'operator', 'taken over when histories began', embargo_document(embargoes)
FROM embargoes, lake_version;
