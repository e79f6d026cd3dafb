/** How many worlds a property test looks at: fewer where a run sets `propertyScale` among its globals, as the mutation run does. */
const { propertyScale = 1 } = globalThis as { propertyScale?: number };

export const isFullRun = propertyScale === 1;

export function runs(usual: number): number {
  return Math.ceil(usual * propertyScale);
}
