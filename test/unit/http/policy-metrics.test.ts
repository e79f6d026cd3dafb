import { Registry } from 'prom-client';
import { addPolicyMetrics } from '../../../src/http/policy-metrics.ts';

test('the version of the rules, the age of their confirmation and the offset of the clock are metrics', async () => {
  const registry = new Registry();
  addPolicyMetrics(registry, { current: () => ({ version: 42 }), age: () => 250, clockOffset: () => -31_000 });
  const lines = (await registry.metrics()).split('\n');
  expect(lines).toContain('sluice_policy_version 42');
  expect(lines).toContain('sluice_policy_confirmation_age_seconds 0.25');
  expect(lines).toContain('sluice_clock_offset_seconds -31');
});
