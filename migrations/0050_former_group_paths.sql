-- Where a group stood before it moved: a lake file that still says so is told, instead of making an empty group there.
CREATE TABLE former_group_paths (
  path     text COLLATE "C" PRIMARY KEY,
  group_id uuid NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
  moved_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX former_group_paths_group ON former_group_paths (group_id);
