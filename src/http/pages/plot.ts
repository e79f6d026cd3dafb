/** Counts over time as a drawing: a column for each interval, the issued ones below and the refused ones above. */
import { type Drawing, type Shape, tenth } from './drawing.ts';

export interface PlotColumn {
  /** Below the column; empty: nothing. */
  readonly label: string;
  /** What a pointer that rests on it is told. */
  readonly title: string;
  readonly lower: number;
  readonly upper: number;
}

export interface PlotFrame {
  readonly title: string;
  readonly description: string;
}

const size = { width: 960, height: 220, left: 56, top: 12, bottom: 26 };

export function drawPlot(columns: readonly PlotColumn[], { title, description }: PlotFrame): Drawing {
  const top = niceTop(Math.max(...columns.map(({ lower, upper }) => lower + upper), 1));
  const floor = size.height - size.bottom;
  const scale = (value: number) => (value / top) * (floor - size.top);
  const step = (size.width - size.left) / Math.max(columns.length, 1);
  const grid = [0, 0.5, 1].flatMap((part): Shape[] => {
    const y = tenth(floor - scale(part * top));
    return [
      { kind: 'line', look: 'grid', x1: size.left, y1: y, x2: size.width, y2: y },
      { kind: 'text', look: 'mark', x: size.left - 6, y: y + 4, anchor: 'end', text: short(part * top) },
    ];
  });
  const bars = columns.flatMap((column, index): Shape[] => {
    const x = tenth(size.left + index * step + step * 0.12);
    const width = tenth(step * 0.76);
    const [lower, upper] = [scale(column.lower), scale(column.upper)];
    const bar = (look: string, y: number, height: number): Shape[] =>
      height <= 0 ? [] : [{ kind: 'bar', look, x, y: tenth(y), width, height: tenth(height), title: column.title }];
    const label: Shape[] =
      column.label === ''
        ? []
        : [
            {
              kind: 'text',
              look: 'mark',
              x: tenth(x + width / 2),
              y: size.height - 8,
              anchor: 'middle',
              text: column.label,
            },
          ];
    return [...bar('issued', floor - lower, lower), ...bar('refused', floor - lower - upper, upper), ...label];
  });
  return { width: size.width, height: size.height, title, description, shapes: [...grid, ...bars] };
}

/** The next of 1, 2, 5, 10, 20, 50, … */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => one * power >= value) ?? 10;
  return Math.max(factor * power, 2);
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  return value >= 1000 ? `${value / 1000}k` : String(value);
}
