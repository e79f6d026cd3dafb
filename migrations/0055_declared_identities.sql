-- Which of the ways by which people are known elsewhere a lake file named: a later file that names them no more takes away these only.
ALTER TABLE identities ADD COLUMN declared boolean NOT NULL DEFAULT false;
ALTER TABLE certificates ADD COLUMN declared boolean NOT NULL DEFAULT false;
ALTER TABLE ssh_keys ADD COLUMN declared boolean NOT NULL DEFAULT false;
