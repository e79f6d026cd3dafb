-- What a search in the audit trail looks through: without making the JSON of each entry first.
CREATE OR REPLACE VIEW audit_trail AS
  SELECT at, 'audit' AS source, id AS ord, '' AS key, action, actor, address, reason, object_kind, object_id, detail,
    concat_ws(' ', action, actor, address, reason, object_id, detail::text) AS words FROM audit_log
  UNION ALL
  SELECT at, 'rule', policy_version, kind || ':' || id || ':' || version, kind || '.' || change, actor, address, reason, kind, id::text,
    jsonb_build_object('version', version, 'policyVersion', policy_version, 'rule', document),
    concat_ws(' ', kind || '.' || change, actor, address, reason, id, document::text) FROM rule_versions
  UNION ALL
  SELECT at, 'key', sequence, '', 'key.' || action, actor, NULL, reason, 'key', kid::text,
    jsonb_build_object('takesEffectAt', takes_effect_at), concat_ws(' ', 'key.' || action, actor, reason, kid) FROM signing_key_history
  WHERE actor NOT LIKE 'account:%'
  UNION ALL
  SELECT at, 'membership', id, '', 'membership.' || change, actor, address, reason, 'membership', account_id,
    jsonb_build_object('group', group_id, 'path', group_path, 'from', starts_at, 'until', ends_at),
    concat_ws(' ', 'membership.' || change, actor, address, reason, account_id, group_id, group_path) FROM membership_history;
