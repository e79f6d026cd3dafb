/** Answers that take long: the page that asks again finds them, and nobody has too many under way. */
import { createSlowAnswers } from '../../../src/http/pages/slow.ts';

const clock = { now: () => 1000 };

/** Work that ends when the test says so. */
function work() {
  let finish: (value: string) => void = () => {};
  let begun = 0;
  const answer = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const run = () => {
    begun += 1;
    return answer;
  };
  return { run, finish: (value: string) => finish(value), begun: () => begun };
}

test('work that is done at once is answered at once', async () => {
  const slow = createSlowAnswers<string>({ clock, patienceMs: 60_000 });
  expect(await slow.ask('ann', 'q', async () => 'here')).toEqual({ state: 'done', value: 'here' });
});

test('work that takes longer goes on, is begun once, and is found by who asks again', async () => {
  const slow = createSlowAnswers<string>({ clock, patienceMs: 0 });
  const { run, finish, begun } = work();
  expect(await slow.ask('ann', 'q', run)).toEqual({ state: 'working', since: 1000 });
  expect(await slow.ask('ann', 'q', run)).toEqual({ state: 'working', since: 1000 });
  finish('late');
  const patient = await slow.ask('ann', 'q', run);
  expect(patient).toEqual({ state: 'done', value: 'late' });
  expect(begun()).toBe(1);
});

test('the same question of somebody else is work of its own', async () => {
  const slow = createSlowAnswers<string>({ clock, patienceMs: 0 });
  const { run, begun } = work();
  await slow.ask('ann', 'q', run);
  await slow.ask('ben', 'q', run);
  expect(begun()).toBe(2);
});

test('who has three under way has to wait, and others do not', async () => {
  const slow = createSlowAnswers<string>({ clock, patienceMs: 0 });
  const { run } = work();
  for (const what of ['1', '2', '3']) await slow.ask('ann', what, run);
  expect(await slow.ask('ann', '4', run)).toEqual({ state: 'busy' });
  expect(await slow.ask('ben', '4', run)).toMatchObject({ state: 'working' });
});

test('work that fails is a fault of the request that finds it, and is tried anew by the next', async () => {
  const slow = createSlowAnswers<string>({ clock, patienceMs: 60_000 });
  await expect(slow.ask('ann', 'q', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await slow.ask('ann', 'q', async () => 'yes')).toEqual({ state: 'done', value: 'yes' });
});
