-- People who ask for an account: from the form or an upstream login to an account, a refusal, or nothing.

CREATE TABLE enrolments (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  state        text NOT NULL CHECK (state IN ('unconfirmed', 'pending', 'accepted', 'refused')),
  email        text NOT NULL,
  fields       jsonb NOT NULL,                          -- name of a field to what was entered
  note         text,
  group_ids    uuid[] NOT NULL DEFAULT '{}',            -- groups asked for
  upstream     jsonb,                                   -- what an upstream provider proved; null: the form
  return_to    text,                                    -- path of the page that led here
  address      text,                                    -- network address
  created_at   timestamptz NOT NULL,
  confirmed_at timestamptz,                             -- the mail address was proved
  decided_at   timestamptz,
  decided_by   text,                                    -- username; null: nobody had to
  reason       text,                                    -- of a refusal, told to who asked
  account_id   text,                                    -- of an acceptance: given before the account is made
  completed_at timestamptz                              -- the account, its groups and its identity are there
);
CREATE INDEX enrolments_state ON enrolments (state, created_at, id);
CREATE INDEX enrolments_email ON enrolments (lower(email));
CREATE INDEX enrolments_groups ON enrolments USING gin (group_ids) WHERE state = 'pending';
CREATE INDEX enrolments_unfinished ON enrolments (decided_at) WHERE state = 'accepted' AND completed_at IS NULL;
