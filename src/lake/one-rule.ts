/** One grant or embargo by itself, written as in a lake file: a proposal that nobody has applied. */
import type { Embargo, Grant } from '../policy/rule.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { readLakeDocument } from './document.ts';
import { embargoFact, grantFact } from './facts.ts';
import { formatFaults, type LakeFault, type LocatedFault } from './fault.ts';
import { embargoRecord, grantRecord } from './records.ts';
import { embargoSchema, grantSchema } from './schema/rule.ts';
import { faultsOf, wording } from './zod-faults.ts';

/** The error has a line for each fault. */
export function readGrant(text: string, fileName: string): Result<Grant, string> {
  return readRule(text, fileName, (value) => {
    const read = grantSchema.safeParse(value, { error: wording });
    return read.success ? ok(grantFact(grantRecord(read.data))) : err(faultsOf(read.error.issues, []));
  });
}

/** Whatever its `state` says, it is read as one that holds. */
export function readEmbargo(text: string, fileName: string): Result<Embargo, string> {
  return readRule(text, fileName, (value) => {
    const read = embargoSchema.safeParse(value, { error: wording });
    if (!read.success) return err(faultsOf(read.error.issues, []));
    const { until, hardLimit } = read.data;
    if (until === undefined && hardLimit === undefined) {
      return err([{ path: ['until'], message: 'is missing, expected an instant, or `hardLimit`' }]);
    }
    return ok(embargoFact(embargoRecord(read.data, 'active')));
  });
}

function readRule<T>(
  text: string,
  fileName: string,
  read: (value: unknown) => Result<T, readonly LakeFault[]>,
): Result<T, string> {
  const fail = (faults: readonly LocatedFault[]) => err(formatFaults(fileName, faults));
  const document = readLakeDocument(text);
  if (!document.ok) return fail(document.error);
  const { value, lineOf } = document.value;
  const rule = read(value);
  return rule.ok ? rule : fail(rule.error.map((fault) => ({ ...fault, line: lineOf(fault.path) })));
}
