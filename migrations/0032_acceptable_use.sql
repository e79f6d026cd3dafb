-- The acceptable use policy: its versions are a setting of the lake, kept here in rows too, and who agreed to which until when.

CREATE TABLE acceptable_use_versions (
  name        text PRIMARY KEY,
  title       text,
  text        text NOT NULL,
  url         text,
  valid_from  timestamptz,                              -- null: since ever
  valid_until timestamptz,                              -- when the next one begins; null: it is the last
  valid_days  integer                                   -- a signature lasts so long; null: without end
);

CREATE FUNCTION follow_acceptable_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(NEW.key, OLD.key) <> 'acceptableUse' THEN RETURN NULL; END IF;
  DELETE FROM acceptable_use_versions;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO acceptable_use_versions (name, title, text, url, valid_from, valid_until, valid_days)
    SELECT name, title, text, url, "validFrom", lead("validFrom") OVER (ORDER BY "validFrom" NULLS FIRST), "validDays"
    FROM jsonb_to_recordset(NEW.value -> 'versions')
      AS said (name text, title text, text text, url text, "validFrom" timestamptz, "validDays" integer);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER follow_acceptable_use AFTER INSERT OR UPDATE OR DELETE ON lake_settings FOR EACH ROW EXECUTE FUNCTION follow_acceptable_use();

CREATE TABLE acceptable_use_signatures (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id  text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  version     text NOT NULL,                            -- no reference: what was agreed to stays when versions go
  text_digest bytea NOT NULL,                           -- SHA-256 of what was shown
  signed_at   timestamptz NOT NULL,
  signed_by   text NOT NULL,                            -- account id; another one than account_id signed on behalf
  address     text,                                     -- network address
  ends_at     timestamptz                               -- null: without end
);
CREATE INDEX acceptable_use_signatures_account ON acceptable_use_signatures (account_id, version);
CREATE INDEX acceptable_use_signatures_version ON acceptable_use_signatures (version, id);

-- Each once: the end that was announced, and how many days before.
CREATE TABLE acceptable_use_reminders (
  account_id  text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  ends_at     timestamptz NOT NULL,
  days_before integer NOT NULL,
  PRIMARY KEY (account_id, ends_at, days_before)
);

-- The instant from which the account has not agreed to what is in force, as far as is known at `at`: null: no bound; the past: it has not agreed.
CREATE FUNCTION agreed_until(account text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT min(greatest(versions.valid_from, signed.until, 'epoch'))
  FROM acceptable_use_versions versions
  LEFT JOIN LATERAL (
    SELECT max(coalesce(ends_at, 'infinity')) AS until FROM acceptable_use_signatures
    WHERE account_id = account AND version = versions.name
  ) signed ON true
  WHERE coalesce(versions.valid_until, 'infinity') > at
    AND coalesce(signed.until, '-infinity') < coalesce(versions.valid_until, 'infinity')
$$;
