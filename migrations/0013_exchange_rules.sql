-- Who may exchange whose tokens, for more than they hold or not at all, with history as grants and embargoes have it (policy-semantics 6).

CREATE TABLE exchange_rules (
  id            text COLLATE "C" PRIMARY KEY,
  description   text,
  effect        text NOT NULL DEFAULT 'permit' CHECK (effect IN ('permit', 'deny')),
  origin        jsonb NOT NULL,                         -- for whom the subject token was issued: "any", {"client": …} or {"scope": …}
  target        jsonb NOT NULL,                         -- who exchanges it, likewise
  audiences     text[],                                 -- of the subject token; null: any
  scopes        text[] NOT NULL DEFAULT '{}',           -- what may be asked for beyond the subject token, in logical paths
  origin_scopes boolean NOT NULL DEFAULT false,         -- and all that the origin client is registered for
  withheld      text[] NOT NULL DEFAULT '{}',           -- what may not be asked for
  starts_at     timestamptz,
  ends_at       timestamptz,
  version       integer NOT NULL DEFAULT 1,
  position      integer NOT NULL DEFAULT 0,
  declared      boolean NOT NULL DEFAULT false
);

ALTER TABLE rule_versions DROP CONSTRAINT rule_versions_kind_check,
  ADD CONSTRAINT rule_versions_kind_check CHECK (kind IN ('grant', 'embargo', 'exchange-rule'));

CREATE FUNCTION exchange_rule_document(rule exchange_rules) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', rule.id, 'description', rule.description, 'effect', rule.effect, 'origin', rule.origin, 'target', rule.target,
    'audiences', rule.audiences, 'scopes', rule.scopes, 'originScopes', rule.origin_scopes, 'withheld', rule.withheld,
    'from', rule_instant(rule.starts_at), 'until', rule_instant(rule.ends_at))
$$;

-- As in 0006, for three kinds.
CREATE OR REPLACE FUNCTION number_rule_version() RETURNS trigger LANGUAGE plpgsql AS $$
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
  ELSIF TG_ARGV[0] = 'embargo' THEN
    same := embargo_document(OLD) = embargo_document(NEW);
  ELSE
    same := exchange_rule_document(OLD) = exchange_rule_document(NEW);
  END IF;
  NEW.version := OLD.version + CASE WHEN same THEN 0 ELSE 1 END;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION record_rule_version() RETURNS trigger LANGUAGE plpgsql AS $$
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
    ELSIF TG_ARGV[0] = 'exchange-rule' THEN
      document := exchange_rule_document(NEW);
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

CREATE TRIGGER number_version BEFORE INSERT OR UPDATE ON exchange_rules FOR EACH ROW EXECUTE FUNCTION number_rule_version('exchange-rule');
CREATE TRIGGER record_version AFTER INSERT OR UPDATE OR DELETE ON exchange_rules FOR EACH ROW EXECUTE FUNCTION record_rule_version('exchange-rule');
CREATE TRIGGER keep BEFORE TRUNCATE ON exchange_rules FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();
-- They say something of clients, and are read with them.
CREATE TRIGGER announce BEFORE INSERT OR UPDATE OR DELETE ON exchange_rules FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change('clients');

-- The world outside hears of what opens and closes data; an exchange rule does neither.
DROP TRIGGER record_event ON rule_versions;
CREATE TRIGGER record_event AFTER INSERT ON rule_versions FOR EACH ROW WHEN (NEW.kind <> 'exchange-rule') EXECUTE FUNCTION record_rule_event();
