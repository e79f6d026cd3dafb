/** Several middleware as one, in the order given. */
import type { Middleware } from 'koa';

export function sequence(...steps: readonly Middleware[]): Middleware {
  return (ctx, next) => {
    const from = (index: number): Promise<unknown> => {
      const step = steps[index];
      return Promise.resolve(step === undefined ? next() : step(ctx, () => from(index + 1)));
    };
    return from(0);
  };
}
