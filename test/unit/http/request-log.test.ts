/** What a request leaves in the metrics (src/http/middleware/request-log.ts). */
import { pino } from 'pino';
import { createMetrics } from '../../../src/http/metrics.ts';
import { requestLog } from '../../../src/http/middleware/request-log.ts';
import { requireHost } from '../../../src/http/middleware/request-target.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { fakeContext } from '../../support/fake-context.ts';

const metrics = createMetrics(() => ({ total: 0, idle: 0, waiting: 0 }));
const log = requestLog({
  log: pino({ level: 'silent' }),
  metrics,
  failedAnswers: { note: () => {} },
  clock: systemClock,
  clientAddress: () => null,
  faultPage: () => {},
});
const host = requireHost('https://issuer.example/');

test.each([
  ['a path that is nothing here', '/some-path-of-a-stranger', 'issuer.example'],
  ['a path asked of another host', '/another-path-of-a-stranger', 'evil.example'],
])('%s makes no time series of its own', async (_case, path, asked) => {
  const ctx = fakeContext({ path, headers: { host: asked } });
  // As koa begins every answer.
  ctx.status = 404;
  await log(ctx, async () => {
    await host(ctx, async () => {});
  });
  const text = await metrics.registry.metrics();
  expect(text).toContain('route="unknown"');
  expect(text).not.toContain(path);
});
