/** Entries of the audit trail as a table. */
import type { StoredAuditEntry } from '../../../audit/audit-log.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { instantText } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.audit;

/** Longer details are cut: the API has them whole. */
const longestDetail = 300;

export function auditTable(entries: readonly StoredAuditEntry[]): Block {
  return { kind: 'table', columns: [t.when, t.what, t.who, t.why, t.detail], rows: entries.map(rowOf), empty: t.none };
}

function rowOf({ at, action, actor, address, reason, detail, objectKind, objectId }: StoredAuditEntry): Row {
  return {
    head: instantText(at),
    cells: [
      { text: action, ...(objectKind !== undefined && { note: `${objectKind} ${objectId}` }) },
      { text: actor, ...(address !== null && { note: t.address(address) }) },
      reason ?? '',
      Object.keys(detail).length === 0 ? '' : { codes: [shorten(JSON.stringify(detail))] },
    ],
  };
}

function shorten(text: string): string {
  return text.length > longestDetail ? `${text.slice(0, longestDetail - 1)}…` : text;
}
