-- Sessions are found by whose they are, so that a changed password ends the others.
CREATE INDEX artifacts_session_account ON artifacts ((payload ->> 'accountId')) WHERE model = 'Session';

-- Whether hashes of imported accounts are left, which take another time to check than ours.
CREATE INDEX accounts_bcrypt ON accounts (password_hash) WHERE password_hash LIKE '$2%';
