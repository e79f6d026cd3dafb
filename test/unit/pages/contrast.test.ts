/** The colours of the style sheet against WCAG 2.2: 4.5:1 for text (1.4.3), 3:1 for the edges of controls (1.4.11). */
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../../../views/assets/sluice.css', import.meta.url), 'utf8');
const pairs = [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\);/g)];
const schemes = {
  light: Object.fromEntries(pairs.map(([, name, light]) => [name, light])),
  dark: Object.fromEntries(pairs.map(([, name, _light, dark]) => [name, dark])),
};

function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const text = [
  ['ink', 'paper'],
  ['ink', 'ground'],
  ['ink', 'wash'],
  ['ink', 'note'],
  ['soft', 'paper'],
  ['soft', 'ground'],
  ['accent', 'paper'],
  ['accent-strong', 'paper'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['bad', 'paper'],
  ['bad', 'bad-wash'],
] as const;
const edges = [
  ['edge', 'paper'],
  ['accent', 'paper'],
  ['accent', 'ground'],
  ['bad', 'paper'],
  ['good', 'wash'],
] as const;

describe.each(['light', 'dark'] as const)('in the %s scheme', (scheme) => {
  test.each(text)('text in %s on %s is readable', (front, back) => {
    expect(contrast(schemes[scheme][front] ?? '', schemes[scheme][back] ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  test.each(edges)('an edge in %s on %s is seen', (front, back) => {
    expect(contrast(schemes[scheme][front] ?? '', schemes[scheme][back] ?? '')).toBeGreaterThanOrEqual(3);
  });
});
