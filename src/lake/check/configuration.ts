/** What is wrong in the rules as they will be, by the checks of the policy itself; for lake files and for single writes alike. */
import { checkPolicyFacts } from '../../policy/validate-facts.ts';
import { policyFacts } from '../facts.ts';
import type { LakeFault } from '../fault.ts';
import type { MergedRecords } from '../merge.ts';

/** What lies in the database alone (`index` null) is not the fault of who writes now. */
export function checkConfiguration(merged: MergedRecords): LakeFault[] {
  const embargoes = merged.embargoes.filter(({ record }) => ['active', 'draft'].includes(record.state));
  const facts = policyFacts(
    {
      policy: merged.policy,
      groups: [],
      storages: merged.storages.map(({ record }) => record),
      namespace: merged.namespace.map(({ record }) => record),
      grants: merged.grants.map(({ record }) => record),
      embargoes: embargoes.map(({ record }) => ({ ...record, state: 'active' })),
    },
    0,
  );
  const places = { ...merged, embargoes };
  return checkPolicyFacts(facts).flatMap(({ path, message }) => {
    const text = nameObjects(message, places);
    const own = placeOf(path, places);
    if (own !== undefined) return [{ path: own, message: text }];
    // Told of an object of the database, but caused by one of the file.
    const [cause] = /\b(?:storages|namespace|grants|embargoes)\[\d+\][\w.[\]]*/.exec(message) ?? [];
    const other = cause === undefined ? undefined : placeOf(cause, places);
    return other === undefined ? [] : [{ path: other, message: `${nameObjects(path, places)}: ${text}` }];
  });
}

type Places = Record<
  'storages' | 'namespace' | 'grants' | 'embargoes',
  readonly { readonly index: number | null; readonly name: string }[]
>;

/** `grants[3].until` of the facts as a place in the file; the facts also hold what only the database has. */
function placeOf(path: string, places: Places): (string | number)[] | undefined {
  const parts = path.split(/[[\].]+/).filter((part) => part !== '');
  const [section = '', position = '', ...rest] = parts;
  const index = places[section as keyof Places]?.[Number(position)]?.index;
  if (index === undefined || index === null) return undefined;
  return [section, index, ...rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
}

/** What only the database has is told by its name, as no place in the file shows it. */
function nameObjects(message: string, places: Places): string {
  return message.replace(
    /\b(storages|namespace|grants|embargoes)\[(\d+)\](?:\.(\w+(?:\[\d+\]|\.\w+)*))?/g,
    (text, section: keyof Places, position, field: string | undefined) => {
      const found = places[section][Number(position)];
      if (found === undefined) return text;
      if (found.index === null) return `${field ? `${field} of ` : ''}\`${found.name}\` of the database`;
      return `${section}[${found.index}]${field ? `.${field}` : ''}`;
    },
  );
}
