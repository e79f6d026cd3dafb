-- With what people are known elsewhere, and what each login proved.

-- A subject at an upstream provider belongs to one account, and to nobody else.
CREATE TABLE identities (
  issuer       text COLLATE "C" NOT NULL,
  subject      text COLLATE "C" NOT NULL,
  account_id   text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  linked_at    timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_account ON identities (account_id);

-- Certificates of people, by the names in them.
CREATE TABLE certificates (
  subject_dn text COLLATE "C" NOT NULL,                  -- RFC 4514
  issuer_dn  text COLLATE "C" NOT NULL DEFAULT '',       -- empty: any authority
  account_id text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  label      text,
  pem        text,
  added_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (subject_dn, issuer_dn)
);
CREATE INDEX certificates_account ON certificates (account_id);

CREATE TABLE ssh_keys (
  fingerprint text COLLATE "C" PRIMARY KEY,              -- `SHA256:…`, as ssh-keygen shows it
  account_id  text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name        text,
  key         text NOT NULL,                             -- type and base64, as in authorized_keys
  added_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ssh_keys_account ON ssh_keys (account_id);

-- Assurance is of one login and never of an account (A-ASS-4). Codes and sessions name the account and the second of the login.
CREATE TABLE authentications (
  account_id       text NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  auth_time        bigint NOT NULL,                      -- seconds since the epoch
  acr              text NOT NULL,
  amr              text[] NOT NULL,
  assurance        text[] NOT NULL,
  upstream         text,                                 -- name of the upstream provider; null: with a secret of this server
  upstream_subject text,
  upstream_sid     text,                                 -- of the upstream's session, for its logout
  id_token         text,                                 -- sealed; the hint for a logout at the upstream
  PRIMARY KEY (account_id, auth_time)
);
CREATE INDEX authentications_time ON authentications (auth_time);
CREATE INDEX authentications_upstream ON authentications (upstream, upstream_subject) WHERE upstream IS NOT NULL;
