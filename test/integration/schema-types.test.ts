import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** The generator and the formatter differ in white space and punctuation only. */
const words = (text: string) => text.match(/\w+/g);

test('src/storage/schema.ts is what the migrations make (`npm run db:types` writes it)', async () => {
  const generator = new URL('../../node_modules/kysely-codegen/dist/cli/bin.js', import.meta.url).pathname;
  const args = [
    generator,
    '--dialect',
    'postgres',
    '--url',
    database.url,
    '--print',
    '--type-only-imports',
    '--exclude-pattern',
    'schema_migrations*',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const committed = await readFile(new URL('../../src/storage/schema.ts', import.meta.url), 'utf8');
  const generated = stdout.slice(stdout.indexOf('/**'));
  expect(words(generated)).toEqual(words(committed));
});
