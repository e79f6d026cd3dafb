-- What the policy decides from: storages, the namespace, grants and embargoes (policy-semantics, sections 2 and 7).

CREATE TABLE storages (
  name     text COLLATE "C" PRIMARY KEY,
  audience text COLLATE "C" NOT NULL UNIQUE,            -- the string that tokens carry in `aud`
  aliases  text[] NOT NULL DEFAULT '{}',
  kind     text NOT NULL DEFAULT 'storage' CHECK (kind IN ('storage', 'service')),
  matching text NOT NULL DEFAULT 'string' CHECK (matching IN ('segment', 'string', 'prefix')),
  mounts   jsonb NOT NULL DEFAULT '[]',                 -- [{path, at}]: the storage's own prefix and its place in the logical tree
  position integer NOT NULL DEFAULT 0,
  declared boolean NOT NULL DEFAULT false
);

CREATE TABLE namespace_paths (
  path     text COLLATE "C" PRIMARY KEY,
  position integer NOT NULL DEFAULT 0,
  declared boolean NOT NULL DEFAULT false
);

CREATE TABLE grants (
  id        text COLLATE "C" PRIMARY KEY,
  subject   text COLLATE "C" NOT NULL,                  -- `user:<username>`, `group:<path>` or `client:<id>`
  actions   text[] NOT NULL,
  path      text COLLATE "C" NOT NULL,
  audiences text[],                                     -- null: any
  starts_at timestamptz,
  ends_at   timestamptz,
  position  integer NOT NULL DEFAULT 0,
  declared  boolean NOT NULL DEFAULT false
);

CREATE TABLE embargoes (
  id                         text COLLATE "C" PRIMARY KEY,
  title                      text,
  basis                      text,
  path                       text COLLATE "C" NOT NULL,
  exempt                     text[] NOT NULL DEFAULT '{}',
  actions                    text[] NOT NULL,
  starts_at                  timestamptz,               -- null: since ever
  ends_at                    timestamptz,               -- null: until event, then hard_limit is required
  hard_limit                 timestamptz,
  max_token_lifetime_seconds integer NOT NULL DEFAULT 1200,
  parties                    jsonb NOT NULL DEFAULT '[]',
  limits                     jsonb,
  state                      text NOT NULL DEFAULT 'active' CHECK (state IN ('draft', 'active', 'released', 'withdrawn')),
  position                   integer NOT NULL DEFAULT 0,
  declared                   boolean NOT NULL DEFAULT false,
  CHECK (ends_at IS NOT NULL OR hard_limit IS NOT NULL)
);

-- Settings of the lake: `vo`, `policy`, `registration`, each a document.
CREATE TABLE lake_settings (
  key   text PRIMARY KEY,
  value jsonb NOT NULL
);

-- One row. Its number rises with every write to a table that the in-memory snapshot is built from; every process listens.
CREATE TABLE lake_version (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version  bigint NOT NULL
);
INSERT INTO lake_version (version) VALUES (1);

CREATE FUNCTION announce_lake_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lake_version SET version = version + 1;
  PERFORM pg_notify('sluice_lake', '');
  RETURN NULL;
END $$;

CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON groups FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clients FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_memberships FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON storages FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON namespace_paths FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON grants FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON embargoes FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON lake_settings FOR EACH STATEMENT EXECUTE FUNCTION announce_lake_change();
