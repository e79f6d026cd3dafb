/** What is somebody's is nobody else's: identities, certificates and SSH keys belong to one account, in the file and in the database. */
import type { LakeFault } from '../fault.ts';
import type { ParsedLake } from '../parse.ts';
import { keysOfKnownAs, namesOfKnownAs } from '../plan/known-as.ts';
import { type KnownAsRecord, knownAsRecord } from '../records.ts';
import type { LakeState } from '../state.ts';

type Kind = keyof KnownAsRecord;
type One = KnownAsRecord[Kind][number];
const kinds: readonly Kind[] = ['identities', 'certificates', 'sshKeys'];

export function checkKnownAs({ accounts }: ParsedLake, state: LakeState): LakeFault[] {
  const said = accounts.map(({ index, value }) => ({ index, value, knownAs: knownAsRecord(value) }));
  const ids = new Map(state.accounts.map(({ record }) => [record.username, record.id]));
  const stored = new Set(state.accounts.map(({ record }) => record.id));
  const named = new Set<string>();
  // The account that an entry of the file becomes; of a new one there is nothing in the database.
  const idOf = ({ id, username }: { readonly id?: string | undefined; readonly username: string }) =>
    id !== undefined && stored.has(id) ? id : ids.get(username);
  for (const { value } of said) named.add(idOf(value) ?? '');
  return kinds.flatMap((kind) => {
    const keyOf = keysOfKnownAs[kind] as (one: One) => string;
    const nameOf = namesOfKnownAs[kind] as (one: One) => string;
    const held = new Map<string, { readonly id: string; readonly username: string }>();
    for (const { record, knownAs } of state.accounts) {
      for (const one of knownAs[kind]) {
        // What an earlier file gave to an account of this file, this file may give to another.
        if (!one.declared || !named.has(record.id)) held.set(keyOf(one), record);
      }
    }
    const first = new Map<string, string>();
    return said.flatMap(({ index, value, knownAs }) =>
      knownAs[kind].flatMap((one, at): LakeFault[] => {
        const fault = (message: string) => [{ path: ['accounts', index, kind, at], message }];
        const place = `accounts[${index}].${kind}[${at}] (\`${value.username}\`)`;
        const earlier = first.get(keyOf(one));
        if (earlier !== undefined) return fault(`\`${nameOf(one)}\` is also in ${earlier}, expected once`);
        first.set(keyOf(one), place);
        const owner = held.get(keyOf(one));
        if (owner === undefined || owner.id === idOf(value)) return [];
        return fault(
          `\`${nameOf(one)}\` is linked to account \`${owner.username}\` already, expected to be removed there`,
        );
      }),
    );
  });
}
