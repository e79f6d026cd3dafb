-- One trail of every change by whom, when, from where and why; and the one way in which a log is changed: the name of somebody who was removed becomes the id.

-- A setting of the writer's transaction, beside `sluice.actor` and `sluice.reason`; rows of before have none.
ALTER TABLE rule_versions ADD COLUMN address text DEFAULT nullif(current_setting('sluice.address', true), '');
ALTER TABLE membership_history ADD COLUMN address text DEFAULT nullif(current_setting('sluice.address', true), '');

CREATE INDEX rule_versions_actor ON rule_versions (actor);
CREATE INDEX rule_versions_subject ON rule_versions ((document ->> 'subject')) WHERE document ->> 'subject' IS NOT NULL;
CREATE INDEX rule_versions_parties ON rule_versions USING gin ((document -> 'parties') jsonb_path_ops) WHERE document -> 'parties' IS NOT NULL;
CREATE INDEX membership_history_at ON membership_history (at);
CREATE INDEX membership_history_actor ON membership_history (actor);
-- Names within details are found by their words.
CREATE INDEX audit_log_words ON audit_log USING gin (jsonb_to_tsvector('simple', detail, '["string"]'));

-- `source`, `ord` and `key` are the order within an instant.
CREATE VIEW audit_trail AS
  SELECT at, 'audit' AS source, id AS ord, '' AS key, action, actor, address, reason, object_kind, object_id, detail FROM audit_log
  UNION ALL
  SELECT at, 'rule', policy_version, kind || ':' || id || ':' || version, kind || '.' || change, actor, address, reason, kind, id::text,
    jsonb_build_object('version', version, 'policyVersion', policy_version, 'rule', document) FROM rule_versions
  UNION ALL
  SELECT at, 'key', sequence, '', 'key.' || action, actor, NULL, reason, 'key', kid::text,
    jsonb_build_object('takesEffectAt', takes_effect_at) FROM signing_key_history
  UNION ALL
  SELECT at, 'membership', id, '', 'membership.' || change, actor, address, reason, 'membership', account_id,
    jsonb_build_object('group', group_id, 'path', group_path, 'from', starts_at, 'until', ends_at) FROM membership_history;

-- The names to erase: `sluice.erased` is the username of an account that was removed, which only who removed it can know.
CREATE FUNCTION erased_account(OUT name text, OUT id text) LANGUAGE sql STABLE AS $$
  SELECT erased.name, removed_accounts.id
  FROM nullif(current_setting('sluice.erased', true), '') AS erased (name)
  JOIN removed_accounts ON username_digest = sha256(convert_to(erased.name, 'UTF8'))
$$;

-- Only where a name stands for somebody: a user may be called as an action or a state is.
CREATE FUNCTION without_name(document jsonb, name text, id text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT replace(replace(replace(document::text,
    to_json('user:' || name)::text, to_json('account:' || id)::text),
    '"user": ' || to_json(name)::text, '"user": ' || to_json('account:' || id)::text),
    '"username": ' || to_json(name)::text, '"username": ' || to_json('account:' || id)::text)::jsonb
$$;

-- Whatever an update asks for, this is what it does.
CREATE FUNCTION erase_audit_name() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone record;
BEGIN
  SELECT * INTO gone FROM erased_account();
  IF gone.id IS NULL THEN
    RAISE EXCEPTION 'the audit log is never changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW := OLD;
  NEW.detail := without_name(OLD.detail, gone.name, gone.id);
  IF OLD.actor = 'user:' || gone.name THEN
    NEW.actor := 'account:' || gone.id;
    NEW.address := NULL;
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION erase_history_name() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone record;
BEGIN
  SELECT * INTO gone FROM erased_account();
  IF gone.id IS NULL THEN
    RAISE EXCEPTION 'the history of rules is never changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW := OLD;
  NEW.document := without_name(OLD.document, gone.name, gone.id);
  IF OLD.actor = 'user:' || gone.name THEN
    NEW.actor := 'account:' || gone.id;
    NEW.address := NULL;
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER keep ON audit_log;
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER erase BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION erase_audit_name();
DROP TRIGGER keep ON rule_versions;
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON rule_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change();
CREATE TRIGGER erase BEFORE UPDATE ON rule_versions FOR EACH ROW EXECUTE FUNCTION erase_history_name();
