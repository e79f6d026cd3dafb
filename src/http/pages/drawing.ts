/** A drawing made on the server: plain shapes and texts, that a view writes as SVG and escapes. */

export type Shape =
  | {
      readonly kind: 'line';
      readonly look: string;
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
    }
  | {
      readonly kind: 'bar';
      readonly look: string;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** What a pointer that rests on it is told. */
      readonly title: string;
    }
  | {
      readonly kind: 'text';
      readonly look: string;
      readonly x: number;
      readonly y: number;
      readonly anchor: 'start' | 'middle' | 'end';
      readonly text: string;
    };

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** What it is, and what it shows, for who does not see it. */
  readonly title: string;
  readonly description: string;
  readonly shapes: readonly Shape[];
}

/** To a tenth: nobody sees more, and pages stay small. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
