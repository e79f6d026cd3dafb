-- All that an exchange may ask for, as INDIGO's lists of permitted scopes say it (policy-semantics 6).

ALTER TABLE exchange_rules ADD COLUMN only_scopes text[];   -- null: no such limit

CREATE OR REPLACE FUNCTION exchange_rule_document(rule exchange_rules) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', rule.id, 'description', rule.description, 'effect', rule.effect, 'origin', rule.origin, 'target', rule.target,
    'audiences', rule.audiences, 'scopes', rule.scopes, 'originScopes', rule.origin_scopes, 'only', rule.only_scopes,
    'withheld', rule.withheld, 'from', rule_instant(rule.starts_at), 'until', rule_instant(rule.ends_at))
$$;
