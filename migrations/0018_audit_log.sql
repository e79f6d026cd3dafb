-- What administrators did that no history of rules tells: append-only.

CREATE TABLE audit_log (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL,
  action  text NOT NULL,                                -- such as `tokens.revoked`
  actor   text NOT NULL,                                -- `user:<username>`, `client:<id>` or `operator`
  address text,                                         -- network address of the actor
  reason  text,
  detail  jsonb NOT NULL DEFAULT '{}'                   -- what of the action only it has; never a secret or a token
);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
