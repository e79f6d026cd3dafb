-- Accounts are searched and warned, and everything of one is found at once.

-- What a search finds an account by: the words of its names, its username and its mail address, in lower case. The query is a prefix of each.
-- The collation is said, as that of the column `username` ("C") knows ASCII letters only.
CREATE FUNCTION account_words(username text, name text, given_name text, family_name text, email text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  names text := lower(concat_ws(' ', name, given_name, family_name) COLLATE "default");
  words text[] := ARRAY[lower(username COLLATE "default"), lower(email COLLATE "default")] || string_to_array(names, ' ');
BEGIN
  -- `O'Brien` and `Müller-Lüdenscheidt` are found by their parts, too.
  IF names ~ '[''’.-]' THEN
    words := words || string_to_array(translate(names, '''’.-', '    '), ' ');
  END IF;
  RETURN array_to_tsvector(ARRAY(SELECT left(word, 64) FROM unnest(words) AS word WHERE word <> ''));
END $$;
CREATE INDEX accounts_words ON accounts USING gin (account_words(username, name, given_name, family_name, email));
CREATE INDEX accounts_suspended ON accounts (username) WHERE state = 'suspended';
CREATE INDEX accounts_service ON accounts (username) WHERE kind = 'service';
CREATE INDEX accounts_roles ON accounts (username) WHERE roles <> '{}';

-- Sessions, codes and grants of one account, when it loses access.
CREATE INDEX artifacts_account ON artifacts ((payload ->> 'accountId')) WHERE payload ->> 'accountId' IS NOT NULL;

-- What was done to an object, newest first.
CREATE INDEX audit_log_at ON audit_log (at, id);

-- Warnings before an account's end, each once; a later end is warned of anew.
CREATE TABLE account_notices (
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  notice     text NOT NULL,                             -- such as `ending-30`: days before the end
  ends_at    timestamptz NOT NULL,                      -- the end that it told of
  at         timestamptz NOT NULL,
  PRIMARY KEY (account_id, notice)
);
