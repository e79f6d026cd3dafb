-- Keys that people change on a page. The history of keys is never changed and names an account by its id alone; the audit log has
-- the name and the address, which go with the account. The trail takes these entries from there, and not twice.
CREATE OR REPLACE VIEW audit_trail AS
  SELECT at, 'audit' AS source, id AS ord, '' AS key, action, actor, address, reason, object_kind, object_id, detail FROM audit_log
  UNION ALL
  SELECT at, 'rule', policy_version, kind || ':' || id || ':' || version, kind || '.' || change, actor, address, reason, kind, id::text,
    jsonb_build_object('version', version, 'policyVersion', policy_version, 'rule', document) FROM rule_versions
  UNION ALL
  SELECT at, 'key', sequence, '', 'key.' || action, actor, NULL, reason, 'key', kid::text,
    jsonb_build_object('takesEffectAt', takes_effect_at) FROM signing_key_history
  WHERE actor NOT LIKE 'account:%'
  UNION ALL
  SELECT at, 'membership', id, '', 'membership.' || change, actor, address, reason, 'membership', account_id,
    jsonb_build_object('group', group_id, 'path', group_path, 'from', starts_at, 'until', ends_at) FROM membership_history;
