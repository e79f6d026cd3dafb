/** A database that cannot be used is one clear line without the password (issue: start, stop, configure). */
import { AppError } from '../../../src/shared/errors.ts';
import { describeDatabaseError } from '../../../src/storage/database-error.ts';

const target = { host: 'db.example', port: 5432, user: 'sluice', database: 'lake' };
const coded = (code: string, message = 'text of the driver') => Object.assign(new Error(message), { code });

test.each([
  [
    'ECONNREFUSED',
    'no PostgreSQL at `db.example:5432`: connection refused, expected a server that accepts connections',
  ],
  ['ENOTFOUND', 'the database host `db.example` is not known, expected a name or address that resolves'],
  ['ETIMEDOUT', 'PostgreSQL at `db.example:5432` does not answer, expected a server that can be reached'],
  ['28P01', 'PostgreSQL at `db.example:5432` refused the user `sluice` or its password'],
  ['3D000', 'PostgreSQL at `db.example:5432` has no database `lake`, expected it to exist'],
  ['XX000', 'cannot use PostgreSQL at `db.example:5432`: text of the driver'],
])('the error %s is told in words', (code, message) => {
  expect(describeDatabaseError(coded(code), target)).toMatchObject({ code: 'database_unavailable', message });
});

test('a missing password is told in words', () => {
  const error = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string');
  expect(describeDatabaseError(error, target).message).toBe(
    'PostgreSQL at `db.example:5432` asks for a password, expected one in the URL',
  );
});

test('only the first line of an unknown error is told', () => {
  expect(describeDatabaseError(new Error('first\nsecond'), target).message).toBe(
    'cannot use PostgreSQL at `db.example:5432`: first',
  );
});

test('an error that is clear already stays as it is', () => {
  const version = new AppError('database_unsupported', 'PostgreSQL has version `14.2`, expected 15 or later');
  expect(describeDatabaseError(version, target)).toBe(version);
});
