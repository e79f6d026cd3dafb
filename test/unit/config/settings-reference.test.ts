/** The operator's table of settings is generated from the schema. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../../src/config/env.ts';
import { renderSettingsReference } from '../../../src/config/reference.ts';

test('docs/reference/settings.md is what the schema says (`npx sluice config reference` writes it)', () => {
  expect(readFileSync(join(projectDirectory, 'docs', 'reference', 'settings.md'), 'utf8')).toBe(
    renderSettingsReference(),
  );
});
