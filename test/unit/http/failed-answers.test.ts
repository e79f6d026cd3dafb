/** What the overview tells of errors: a day of it, faults first. */
import { createFailedAnswers } from '../../../src/http/failed-answers.ts';

const hour = 3_600_000;

test('answers of the last day are counted by route and status, faults first, and then forgotten', () => {
  let now = 1000 * hour + 60_000;
  const began = now;
  const failed = createFailedAnswers({ now: () => now });
  expect(failed.ofLastDay()).toEqual({ since: began, answers: [] });
  failed.note('/token', 400);
  failed.note('/health', 200);
  failed.note('/jwks', 304);
  now += 23 * hour;
  failed.note('/token', 400);
  failed.note('/token', 401);
  failed.note('/scim/*', 503);
  expect(failed.ofLastDay()).toEqual({
    since: began,
    answers: [
      { route: '/scim/*', status: 503, count: 1 },
      { route: '/token', status: 400, count: 2 },
      { route: '/token', status: 401, count: 1 },
    ],
  });
  now += hour;
  expect(failed.ofLastDay().answers).toContainEqual({ route: '/token', status: 400, count: 1 });
  expect(failed.ofLastDay().since).toBe(1001 * hour);
  now += 24 * hour;
  expect(failed.ofLastDay().answers).toEqual([]);
});
