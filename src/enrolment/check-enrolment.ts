/** What somebody who asks for an account has entered: brought into form, or the first field that cannot be. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { isMailAddress } from '../shared/mail-address.ts';
import { ok } from '../shared/result.ts';
import type { EnrolmentSettings, NewEnrolment } from './enrolment.ts';

const longestValue = 255;
const longestNote = 2000;

/** Only fields that the form has; what an upstream provider said stays as it was said. */
export function checkEnrolment(asked: NewEnrolment, settings: EnrolmentSettings): PeopleAnswer<NewEnrolment> {
  const email = (asked.proof?.email ?? asked.email).trim();
  if (!isMailAddress(email)) return refused('invalid', 'expected a mail address such as `ada@example.org`', 'email');
  const values = checkValues(asked, settings);
  if (!values.ok) return values;
  const note = checkNote(asked.note, settings);
  if (!note.ok) return note;
  const foreign = asked.groups.find((group) => !settings.groups.includes(group));
  if (foreign !== undefined) return refused('invalid', 'expected groups that may be asked for', 'groups');
  return ok({ ...asked, email, values: values.value, note: note.value, groups: [...new Set(asked.groups)] });
}

function checkValues({ proof, values: entered }: NewEnrolment, { fields }: EnrolmentSettings) {
  const values: Record<string, string> = { ...proof?.values };
  for (const { name, required } of fields) {
    const value = (proof?.values[name] ?? entered[name] ?? '').trim();
    if (value === '' && required) return refused('invalid', 'expected a value', name);
    if (value.length > longestValue || !/^\P{Cc}*$/u.test(value) || !value.isWellFormed()) {
      return refused('invalid', `expected at most ${longestValue} characters on one line`, name);
    }
    if (value !== '') values[name] = value;
  }
  return ok(values);
}

function checkNote(entered: string | null, settings: EnrolmentSettings): PeopleAnswer<string | null> {
  const note = settings.note === 'none' ? null : entered?.replace(/\r\n?/g, '\n').trim() || null;
  if (note === null) {
    return settings.note === 'required' ? refused('invalid', 'expected a note', 'note') : ok(null);
  }
  const isText = note.length <= longestNote && /^(?:\P{Cc}|\n)*$/u.test(note) && note.isWellFormed();
  return isText ? ok(note) : refused('invalid', `expected at most ${longestNote} characters`, 'note');
}
