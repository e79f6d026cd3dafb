/** What the requirement of second factors refers to. */
import type { LakeFault } from '../fault.ts';
import type { ParsedLake } from '../parse.ts';
import type { KnownNames } from './known.ts';

export function checkSecondFactor({ head }: ParsedLake, known: KnownNames): LakeFault[] {
  return (head.secondFactor?.clients ?? []).flatMap((clientId, index) =>
    known.clientIds.has(clientId)
      ? []
      : [{ path: ['secondFactor', 'clients', index], message: `client \`${clientId}\` not known` }],
  );
}
