-- Of who is removed the audit log keeps the id: neither who it was at a provider, nor the names in a certificate, nor a key.
CREATE OR REPLACE FUNCTION erase_audit_name() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone record;
BEGIN
  SELECT * INTO gone FROM erased_account();
  IF gone.id IS NULL THEN
    RAISE EXCEPTION 'the audit log is never changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW := OLD;
  NEW.detail := without_name(OLD.detail, gone.name, gone.id);
  IF OLD.object_kind = 'account' AND OLD.object_id = gone.id AND OLD.action ~ '^(identity|certificate|ssh-key)\.' THEN
    NEW.detail := NEW.detail - '{subject,issuer,fingerprint}'::text[];
  END IF;
  IF OLD.actor = 'user:' || gone.name THEN
    NEW.actor := 'account:' || gone.id;
    NEW.address := NULL;
  END IF;
  RETURN NEW;
END $$;
