-- What is asked of one object is found by indexes. Rules have ids in the order of bytes, so the view's column had another collation than
-- the indexes over ids of accounts; and the group of a membership was a part of the JSON.
DROP VIEW audit_trail;
CREATE VIEW audit_trail AS
  SELECT at, 'audit' AS source, id AS ord, '' AS key, action, actor, address, reason, object_kind, object_id, NULL::uuid AS group_id, detail,
    concat_ws(' ', action, actor, address, reason, object_id, detail::text) AS words FROM audit_log
  UNION ALL
  SELECT at, 'rule', policy_version, kind || ':' || id || ':' || version, kind || '.' || change, actor, address, reason, kind,
    id COLLATE "default", NULL, jsonb_build_object('version', version, 'policyVersion', policy_version, 'rule', document),
    concat_ws(' ', kind || '.' || change, actor, address, reason, id, document::text) FROM rule_versions
  UNION ALL
  SELECT at, 'key', sequence, '', 'key.' || action, actor, NULL, reason, 'key', kid COLLATE "default", NULL,
    jsonb_build_object('takesEffectAt', takes_effect_at), concat_ws(' ', 'key.' || action, actor, reason, kid) FROM signing_key_history
  WHERE actor NOT LIKE 'account:%'
  UNION ALL
  SELECT at, 'membership', id, '', 'membership.' || change, actor, address, reason, 'membership', account_id, group_id,
    jsonb_build_object('group', group_id, 'path', group_path, 'from', starts_at, 'until', ends_at),
    concat_ws(' ', 'membership.' || change, actor, address, reason, account_id, group_id, group_path) FROM membership_history;
CREATE INDEX rule_versions_object ON rule_versions (id COLLATE "default", kind);
