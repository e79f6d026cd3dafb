/** Links between the pages of the documentation, and from them into the source, lead somewhere. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { projectDirectory } from '../../../src/config/env.ts';
import { documentationPages, readPage } from '../../support/pages-of-docs.ts';

/** Targets of links outside of code, without those to other sites. */
function linksOf(page: string): string[] {
  const prose = readPage(page)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) =>
    /^[a-z]+:/.test(target) ? [] : [target],
  );
}

/** The names by which the headings of a page can be linked to. */
function anchorsOf(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(projectDirectory, target))) return true;
  return anchor !== undefined && !anchorsOf(target).includes(anchor);
}

test('there are pages with links', () => {
  expect(documentationPages().flatMap(linksOf).length).toBeGreaterThan(50);
});

test.each(documentationPages())('every link of %s leads to a file, and to a heading where it names one', (page) => {
  expect(linksOf(page).filter((link) => isBroken(page, link))).toEqual([]);
});
