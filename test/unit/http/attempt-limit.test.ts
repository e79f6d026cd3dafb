import { createAttemptLimit } from '../../../src/http/attempt-limit.ts';

function limit() {
  let now = 0;
  const made = createAttemptLimit({ most: 2, seconds: 60, clock: { now: () => now } });
  return {
    ...made,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
    fail: (address: string | null, times = 1) => {
      for (let count = 0; count < times; count += 1) made.noteFailure(address);
    },
  };
}

test('an address waits after its last allowed failure until the time from the first one is over', () => {
  const { fail, pass, waitSeconds } = limit();
  fail('192.0.2.1');
  expect(waitSeconds('192.0.2.1')).toBe(0);
  pass(20);
  fail('192.0.2.1');
  expect(waitSeconds('192.0.2.1')).toBe(40);
  pass(40);
  expect(waitSeconds('192.0.2.1')).toBe(0);
});

test('other addresses do not wait', () => {
  const { fail, waitSeconds } = limit();
  fail('192.0.2.1', 5);
  expect(waitSeconds('192.0.2.2')).toBe(0);
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
  ['2001:db8:1:2::1', '2001:0db8:0001:0002::9', true],
  ['2001:db8::1', '2001:db8:0:0:5::', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
])('the IPv6 addresses %s and %s count as one: %s', (first, second, same) => {
  const { fail, waitSeconds } = limit();
  fail(first, 2);
  expect(waitSeconds(second) > 0).toBe(same);
});

test('who attacks from very many addresses makes only the oldest be forgotten', () => {
  const { fail, waitSeconds } = limit();
  fail('192.0.2.1', 2);
  for (let count = 0; count < 10_000; count += 1) fail(`10.${count >> 8}.${count & 255}.1`);
  expect(waitSeconds('192.0.2.1')).toBe(0);
  fail('192.0.2.9', 2);
  expect(waitSeconds('192.0.2.9')).toBe(60);
});
