-- What happened to grants and embargoes, for the world outside: an outbox, and its delivery to targets such as webhooks (policy-semantics 7).

-- Every writer of `rule_versions` holds the row of `lake_version` before its first row, and so does who adds an event that the
-- clock brought. So `sequence` rises in the order of commits, and nothing ever appears below a number that was read before.
-- Writers that roll back leave holes.
CREATE TABLE events (
  sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id             uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,  -- the same in every attempt to deliver it
  type           text NOT NULL CHECK (type IN ('embargo.created', 'embargo.changed', 'embargo.ending', 'embargo.released',
                   'embargo.withdrawn', 'grant.created', 'grant.changed', 'grant.removed')),
  kind           text NOT NULL CHECK (kind IN ('grant', 'embargo')),
  rule_id        text COLLATE "C" NOT NULL,
  version        integer NOT NULL,                                -- of the rule
  policy_version bigint NOT NULL,
  at             timestamptz NOT NULL,
  data           jsonb NOT NULL                                   -- change, actor, reason, rule; of some: endsAt, daysBefore, subjects
);
CREATE INDEX events_at ON events (at);

-- Which events of an embargo's end were given: each once, until the end moves to a later date or the embargo becomes active anew.
CREATE TABLE embargo_notices (
  embargo_id text COLLATE "C" NOT NULL,
  notice     text NOT NULL CHECK (notice IN ('ending-30', 'ending-7', 'released')),
  at         timestamptz NOT NULL,
  PRIMARY KEY (embargo_id, notice)
);
-- What ended before there were events is no news.
INSERT INTO embargo_notices (embargo_id, notice, at)
SELECT id, 'released', clock_timestamp() FROM embargoes
WHERE state = 'released' OR (state = 'active' AND coalesce(ends_at, hard_limit) <= clock_timestamp());

CREATE FUNCTION embargo_end(document jsonb) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce(document ->> 'until', document ->> 'hardLimit')::timestamptz
$$;

-- The type of an embargo's event; keeps `embargo_notices` in step.
CREATE FUNCTION note_embargo_change(embargo text, before jsonb, after jsonb, at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF before IS NULL OR after IS NULL OR embargo_end(after) > embargo_end(before)
    OR (after ->> 'state' = 'active' AND before ->> 'state' <> 'active') THEN
    DELETE FROM embargo_notices WHERE embargo_id = embargo;
  END IF;
  IF before IS NULL THEN
    RETURN 'embargo.created';
  ELSIF after IS NULL THEN
    RETURN 'embargo.withdrawn';
  ELSIF after ->> 'state' = before ->> 'state' THEN
    RETURN 'embargo.changed';
  ELSIF after ->> 'state' = 'withdrawn' THEN
    RETURN 'embargo.withdrawn';
  ELSIF after ->> 'state' = 'released' THEN
    INSERT INTO embargo_notices (embargo_id, notice, at) VALUES (embargo, 'released', at) ON CONFLICT DO NOTHING;
    -- The date may have released it before.
    RETURN CASE WHEN FOUND THEN 'embargo.released' ELSE 'embargo.changed' END;
  END IF;
  RETURN 'embargo.changed';
END $$;

CREATE FUNCTION record_rule_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb;
  event_type text;
BEGIN
  SELECT document INTO before FROM rule_versions WHERE kind = NEW.kind AND id = NEW.id AND version = NEW.version - 1;
  IF NEW.kind = 'embargo' THEN
    event_type := note_embargo_change(NEW.id, before, NEW.document, NEW.at);
  ELSE
    event_type := CASE WHEN before IS NULL THEN 'grant.created' WHEN NEW.document IS NULL THEN 'grant.removed' ELSE 'grant.changed' END;
  END IF;
  INSERT INTO events (type, kind, rule_id, version, policy_version, at, data)
  VALUES (event_type, NEW.kind, NEW.id, NEW.version, NEW.policy_version, NEW.at, jsonb_build_object(
    'change', NEW.change, 'actor', NEW.actor, 'reason', NEW.reason, 'rule', coalesce(NEW.document, before)));
  RETURN NULL;
END $$;
CREATE TRIGGER record_event AFTER INSERT ON rule_versions FOR EACH ROW EXECUTE FUNCTION record_rule_event();

-- Who gets events, by the name in the settings of the servers. A target that no server has named for long is forgotten.
CREATE TABLE event_targets (
  name     text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL,                             -- events up to this sequence have been queued for it
  seen_at  timestamptz NOT NULL
);

CREATE TABLE event_deliveries (
  target          text COLLATE "C" NOT NULL REFERENCES event_targets (name) ON DELETE CASCADE,
  event           bigint NOT NULL REFERENCES events (sequence) ON DELETE CASCADE,
  rule            text COLLATE "C" NOT NULL,            -- `<kind>:<id>`: events of one rule are sent one after the other
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,                 -- while a process is at it: when another one may take it over
  settled_at      timestamptz,
  outcome         text CHECK (outcome IN ('delivered', 'given-up')),
  last_error      text,                                 -- in few words, without address or secret
  PRIMARY KEY (target, event),
  CHECK ((settled_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX event_deliveries_due ON event_deliveries (target, next_attempt_at, event) WHERE settled_at IS NULL;
CREATE INDEX event_deliveries_order ON event_deliveries (target, rule, event) WHERE settled_at IS NULL;
CREATE INDEX event_deliveries_event ON event_deliveries (event);
