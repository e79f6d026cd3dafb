/** Plots and timelines drawn on the server: whatever is drawn stays inside its frame, and is escaped in the page. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ejs from 'ejs';
import fc from 'fast-check';
import type { Drawing } from '../../../src/http/pages/drawing.ts';
import { drawPlot } from '../../../src/http/pages/plot.ts';
import { drawTimeline } from '../../../src/http/pages/timeline.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const year = 365 * 86_400_000;
const frame = { title: 'T', description: 'D', from: now - year, until: now + 2 * year, now, nowLabel: 'now' };

const instant = fc.option(fc.integer({ min: now - 50 * year, max: now + 50 * year }), { nil: null });
const segment = fc.stringMatching(/^[a-z0-9._~=@,-]{1,60}$/);
const path = fc.array(segment, { minLength: 1, maxLength: 9 }).map((parts) => `/${parts.join('/')}`);
const entry = fc.record({
  path,
  title: fc.string(),
  phase: fc.constantFrom('draft', 'scheduled', 'active', 'released', 'withdrawn'),
  from: instant,
  until: instant,
});

function expectInside({ width, height, shapes }: Drawing): void {
  for (const shape of shapes) {
    if (shape.kind === 'bar') {
      expect(shape.width).toBeGreaterThan(0);
      expect(shape.height).toBeGreaterThanOrEqual(0);
      expect(shape.x).toBeGreaterThanOrEqual(0);
      expect(shape.x + shape.width).toBeLessThanOrEqual(width + 0.1);
      expect(shape.y).toBeGreaterThanOrEqual(-0.1);
      expect(shape.y + shape.height).toBeLessThanOrEqual(height + 0.1);
    } else {
      const [x, y] = shape.kind === 'text' ? [shape.x, shape.y] : [Math.max(shape.x1, shape.x2), shape.y2];
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(width);
      expect(y).toBeLessThanOrEqual(height);
    }
  }
}

test('every bar of a timeline lies inside, one for each embargo, in any window of time', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (entries, years) => {
      const drawing = drawTimeline(entries, { ...frame, until: now + years * year });
      expectInside(drawing);
      expect(drawing.shapes.filter(({ kind }) => kind === 'bar')).toHaveLength(entries.length);
      const marks = drawing.shapes.filter(({ kind, look }) => kind === 'line' && look === 'grid');
      expect(marks.length).toBeGreaterThanOrEqual(2);
      expect(marks.length).toBeLessThanOrEqual(22);
    }),
    { numRuns: 200 },
  );
});

test('a bar begins and ends where its time does', () => {
  const entries = [{ path: '/a', title: '', phase: 'active', from: now, until: now + year }];
  const [bar] = drawTimeline(entries, frame).shapes.filter((shape) => shape.kind === 'bar');
  expect(bar).toMatchObject({ x: 300 + 660 / 3, width: 660 / 3 });
});

test('every column of a plot lies inside, and the tallest nearly fills it', () => {
  const count = fc.integer({ min: 0, max: 10_000_000 });
  const column = fc.record({ label: fc.string(), title: fc.string(), lower: count, upper: count });
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 48 }), (columns) => {
      const drawing = drawPlot(columns, frame);
      expectInside(drawing);
      const bars = drawing.shapes.filter((shape) => shape.kind === 'bar');
      const highest = Math.min(...bars.map(({ y }) => y), 220);
      if (columns.some(({ lower, upper }) => lower + upper > 1)) expect(highest).toBeLessThan(220 - 26 - 60);
    }),
    { numRuns: 200 },
  );
});

test('labels and titles are escaped where the drawing is written', () => {
  const file = fileURLToPath(new URL('../../../views/partials/drawing.ejs', import.meta.url));
  const view = ejs.compile(readFileSync(file, 'utf8'), { filename: file, localsName: 'it', _with: false });
  const hostile = `"'></svg><script>alert(1)</script>`;
  const bar = { path: hostile, title: hostile, phase: 'active', from: null, until: null };
  const html = view({
    drawing: drawTimeline([bar], { ...frame, title: hostile, description: hostile, nowLabel: hostile }),
  });
  expect(html).not.toContain('<script');
  expect(html.match(/<\/svg>/g)).toHaveLength(1);
});
