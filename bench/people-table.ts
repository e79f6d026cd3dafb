/** What was measured of pages and interfaces at size, as Markdown tables and bars. */
import { type PeopleResults, people } from './people.ts';
import type { Bar } from './results.ts';

export function renderPeople(found: PeopleResults): string {
  const rows = found.answers.map(
    ({ path, status, medianMilliseconds, p95Milliseconds, kilobytes }) =>
      `| ${path.replace(/^(?:[A-Z]+ )?/, '$&/')} | ${status} | ${medianMilliseconds.toFixed(0)} | ${p95Milliseconds.toFixed(0)} | ${kilobytes.toFixed(1)} |`,
  );
  return [
    '',
    '| 100 000 accounts, 50 000 groups, 10 000 clients | Status | median, ms | p95, ms | kB |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...peopleBars(found).map(
      ({ text, found: value, met }) => `- ${met ? 'met' : '**missed**'}: ${text}; found ${value}`,
    ),
    `- start on the existing database: ${(found.startMilliseconds / 1000).toFixed(1)} s`,
    '',
  ].join('\n');
}

export function peopleBars({ answers, logins, megabytes }: PeopleResults): readonly Bar[] {
  const slowest = answers.toSorted((one, other) => other.medianMilliseconds - one.medianMilliseconds)[0];
  const failed = answers.filter(({ status }) => status !== 200).map(({ path, status }) => `${path}: ${status}`);
  const heavy = answers.filter(
    ({ path, kilobytes }) => !/^(?:[A-Z]+ |(?:api|scim|iam|gms)\/)/.test(path) && kilobytes >= 50,
  );
  return [
    {
      text: `every page and answer at the median: < ${people.mostMilliseconds} ms`,
      found: `${slowest?.medianMilliseconds.toFixed(0)} ms (/${slowest?.path})`,
      met: (slowest?.medianMilliseconds ?? Number.POSITIVE_INFINITY) < people.mostMilliseconds,
    },
    { text: 'every page and answer is 200', found: failed.join(', ') || 'all', met: failed.length === 0 },
    { text: 'pages under 50 kB', found: heavy.map(({ path }) => path).join(', ') || 'all', met: heavy.length === 0 },
    loginBar('login', logins.oneMilliseconds),
    loginBar('login, ten people at a time from one address', logins.tenMilliseconds),
    loginBar('login, ten browsers of one account at a time', logins.sameMilliseconds),
    {
      text: `memory of the server: < ${people.mostMegabytes} MB`,
      found: `${megabytes.toFixed(0)} MB`,
      met: megabytes < people.mostMegabytes,
    },
  ];
}

function loginBar(what: string, milliseconds: number): Bar {
  return {
    text: `${what}: < ${people.mostLoginMilliseconds} ms`,
    found: `${milliseconds.toFixed(0)} ms`,
    met: milliseconds < people.mostLoginMilliseconds,
  };
}
