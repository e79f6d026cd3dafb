/** The pages of the documentation, as paths relative to the project. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from '../../src/config/env.ts';

/** README, changelog and everything below docs. */
export function documentationPages(): string[] {
  return ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: projectDirectory }).toSorted()];
}

export function readPage(page: string): string {
  return readFileSync(join(projectDirectory, page), 'utf8');
}
