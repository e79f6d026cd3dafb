/** What the rules of the lake rest on stands first in every file, with a reason, and no secret stands anywhere. */
import { renderFiles } from '../../../src/handover/config-file.ts';
import { contextOf, handoverOf } from '../../support/handover.ts';

const subjects = [
  ['xrootd', 'FAIR-ROOT'],
  ['dcache', 'DESY-DCACHE'],
  ['storm', 'CNAF-STORM'],
  ['eos', 'EULAKE-1'],
  ['rucio', 'rucio'],
  ['fts', 'fts'],
  ['jupyterhub', 'jupyter'],
  ['oidc-agent', 'cli'],
  ['apache', 'portal'],
  ['apache', 'RUCIO'],
  ['htcondor', 'RUCIO'],
  ['htcondor', 'portal'],
] as const;

describe.each(subjects)('%s for %s', (service, subject) => {
  const { files } = handoverOf(service, subject, contextOf(undefined, { mapGroups: true }));

  test('no setting that can be left out stands before one that cannot', () => {
    for (const { blocks } of files) {
      const order = blocks.map(({ critical }) => critical === true);
      expect(order).toEqual(order.toSorted((one, other) => Number(other) - Number(one)));
    }
  });

  test('every setting that cannot be left out has its reason', () => {
    const critical = files.flatMap(({ blocks }) => blocks.filter((block) => block.critical));
    expect(critical.filter(({ why }) => why.length < 20)).toEqual([]);
  });

  test('no secret of the lake file, nor its hash, is printed', () => {
    const text = renderFiles(files);
    expect(text).not.toMatch(/demo-secret|sha256:/);
    expect(text.length).toBeGreaterThan(200);
  });

  test('no line of a comment is longer than a screen', () => {
    const comments = renderFiles(files)
      .split('\n')
      .filter((line) => /^(#|--) (?!==>|SCITOKENS)/.test(line));
    expect(comments.filter((line) => line.length > 110)).toEqual([]);
  });
});

test.each(['xrootd', 'dcache', 'storm', 'eos'])('%s has something that the rules of the lake rest on', (service) => {
  const { files } = handoverOf(service, 'CNAF-STORM');
  expect(renderFiles(files)).toContain('Without this the rules of the lake do not hold here.');
});
