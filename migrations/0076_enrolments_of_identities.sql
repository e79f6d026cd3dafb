-- Who comes again by an upstream login learns what became of their registration.
CREATE INDEX enrolments_identity ON enrolments ((upstream ->> 'issuer'), (upstream ->> 'subject')) WHERE upstream IS NOT NULL;
