/** What a provider's `acr` is mapped to has to be what counts here (ADR 0011). */
import { multiFactorAcr } from '../../tokens/profile.ts';
import type { LakeFault } from '../fault.ts';
import type { ParsedLake } from '../parse.ts';

export function checkUpstreams({ head }: ParsedLake): LakeFault[] {
  return (head.upstreams ?? []).flatMap(({ acr = {}, secondFactor }, index) =>
    secondFactor === 'accepted'
      ? []
      : Object.entries(acr)
          .filter(([, meant]) => meant === multiFactorAcr)
          .map(([said]) => ({
            path: ['upstreams', index, 'acr', said],
            message: `\`${multiFactorAcr}\` needs \`secondFactor: accepted\` at the provider`,
          })),
  );
}
