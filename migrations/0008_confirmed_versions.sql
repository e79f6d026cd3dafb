-- Which version of the lake each server process decides by, so that a write can wait until all that live have it.

ALTER TABLE server_runs ADD COLUMN confirmed_version bigint;            -- null: it has not read the lake yet
ALTER TABLE server_runs ADD COLUMN confirmed_at timestamptz NOT NULL DEFAULT clock_timestamp();  -- its last sign of life, by the database's clock

CREATE FUNCTION announce_confirmation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('sluice_confirmed', '');
  RETURN NULL;
END $$;

-- Also when a process ends: nobody waits for it any more.
CREATE TRIGGER announce AFTER UPDATE ON server_runs FOR EACH ROW
  WHEN (OLD.confirmed_version IS DISTINCT FROM NEW.confirmed_version OR OLD.ended_at IS DISTINCT FROM NEW.ended_at)
  EXECUTE FUNCTION announce_confirmation();
