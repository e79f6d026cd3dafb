/** Whether one value of a multi-valued attribute meets the filter of a path, in memory (RFC 7644 section 3.5.2). */
import type { Attribute } from './attribute.ts';
import type { Condition, FilterValue, Operator } from './filter.ts';
import { isObject } from './normalise.ts';

export function isMet(condition: Condition, attribute: Attribute, value: unknown): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((one) => isMet(one, attribute, value));
    case 'or':
      return condition.conditions.some((one) => isMet(one, attribute, value));
    case 'not':
      return !isMet(condition.condition, attribute, value);
    case 'some':
      return false;
    case 'present':
      return heldValue(condition.of.sub, value) !== undefined;
    case 'compare': {
      const { sub } = condition.of;
      const held = heldValue(sub, value);
      return held !== undefined && holds(condition.operator, held, condition.value, (sub ?? attribute).caseExact);
    }
  }
}

function heldValue(sub: Attribute | null, value: unknown): string | boolean | undefined {
  const held = sub === null ? value : isObject(value) ? value[sub.name] : undefined;
  return typeof held === 'string' || typeof held === 'boolean' ? held : undefined;
}

function holds(operator: Operator, held: string | boolean, wanted: FilterValue, caseExact: boolean): boolean {
  if (typeof wanted === 'number') return order(operator, Date.parse(String(held)) - wanted);
  if (typeof held === 'boolean' || typeof wanted === 'boolean') return held === wanted;
  const [left, right] = caseExact ? [held, wanted] : [held.toLowerCase(), wanted.toLowerCase()];
  if (operator === 'co') return left.includes(right);
  if (operator === 'sw') return left.startsWith(right);
  if (operator === 'ew') return left.endsWith(right);
  return order(operator, Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

function order(operator: Operator, difference: number): boolean {
  if (operator === 'eq') return difference === 0;
  if (operator === 'gt') return difference > 0;
  if (operator === 'ge') return difference >= 0;
  return operator === 'lt' ? difference < 0 : difference <= 0;
}
