/** `/admin/storages/new` and `/admin/storages/edit`: registers, changes and removes a storage; what somebody else changed meanwhile is not overwritten. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { type StorageRecord, storageRecord } from '../../../lake/records.ts';
import { storageSchema } from '../../../lake/schema/storage.ts';
import type { Refusal } from '../../../rules/refusal.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { done, type Member } from '../../pages/member.ts';
import type { Field } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { ruleActor } from '../embargoes/timeline.ts';

const t = texts.lakeStorages;
const path = '/admin/storages';
const readers = { roles: ['admin', 'reader'] } as const;
const writers = { roles: ['admin'] } as const;

type Faults = Readonly<Record<string, string>>;

export function storageEditPages({ pages, member, desk, clock }: PageArea): Middleware {
  const { storages } = desk.rules;
  const router = new Router();

  router.get(
    `${path}/new`,
    member.page(async (ctx, who) => showForm(ctx, who, null, new URLSearchParams()), writers),
  );

  router.post(
    `${path}/new`,
    member.form(async (ctx, who, form) => {
      const said = readStorage(form);
      if (!said.ok) return showForm(ctx, who, null, form, { faults: said.error });
      const actor = ruleActor(who, clock.now());
      if ((await storages.get(actor, said.value.name)).ok) {
        return showForm(ctx, who, null, form, { faults: { name: t.exists } });
      }
      const written = await storages.put({ actor }, said.value);
      if (!written.ok) return showForm(ctx, who, null, form, { refusal: written.refusal });
      done(ctx, pages, path, 'storage-saved');
    }, writers),
  );

  router.get(
    `${path}/edit`,
    member.page(async (ctx, who) => {
      const found = await storages.get(ruleActor(who, clock.now()), nameOf(ctx));
      if (!found.ok) return showUnknown(ctx, who);
      showForm(ctx, who, found.value.version, valuesOf(found.value.record));
    }, readers),
  );

  router.post(
    `${path}/edit`,
    member.form(async (ctx, who, form) => {
      const said = readStorage(form);
      const version = form.get('version') ?? '';
      if (!said.ok) return showForm(ctx, who, version, form, { faults: said.error });
      const context = { actor: ruleActor(who, clock.now()), expectedVersion: version };
      const written = await storages.put(context, said.value);
      if (!written.ok) return showForm(ctx, who, version, form, { refusal: written.refusal });
      done(ctx, pages, path, 'storage-saved');
    }, writers),
  );

  router.post(
    `${path}/remove`,
    member.form(async (ctx, who, form) => {
      const actor = ruleActor(who, clock.now());
      const found = await storages.get(actor, form.get('name') ?? '');
      if (!found.ok) return showUnknown(ctx, who);
      if (form.get('confirm') !== 'yes') {
        const faults = { confirm: t.removeTick };
        return showForm(ctx, who, found.value.version, valuesOf(found.value.record), { faults });
      }
      const expectedVersion = form.get('version') ?? '';
      const written = await storages.remove({ actor, expectedVersion }, found.value.record.name);
      if (written.ok) return done(ctx, pages, path, 'storage-removed');
      showForm(ctx, who, found.value.version, valuesOf(found.value.record), { refusal: written.refusal });
    }, writers),
  );

  function showForm(
    ctx: Context,
    who: Member,
    version: string | null,
    values: URLSearchParams,
    { faults = {}, refusal }: { readonly faults?: Faults; readonly refusal?: Refusal } = {},
  ): void {
    const name = values.get('name') ?? '';
    const error = refusal === undefined ? (Object.values(faults)[0] ?? null) : sentenceOf(refusal);
    const isNew = version === null;
    const hidden = isNew
      ? []
      : ([
          ['name', name],
          ['version', version],
        ] as const);
    const form: Block = {
      ...{ kind: 'form', method: 'post', action: `${pages.base}${path}/${isNew ? 'new' : 'edit'}`, hidden },
      submit: isNew ? t.register : t.save,
      fields: fieldsOf(values, faults).filter(({ id }) => isNew || id !== 'name'),
      cancel: { href: `${pages.base}${path}`, label: t.back },
    };
    const mayRemove = !isNew && who.account.roles.includes('admin');
    showSheet(pages, ctx, who, 'admin/sheet', {
      ...{ heading: isNew ? t.newTitle : name, error, status: statusOf(error, refusal) },
      blocks: [form, ...(mayRemove ? removal(hidden) : [])],
    });
  }

  function removal(hidden: readonly (readonly [string, string])[]): readonly Block[] {
    return [
      { kind: 'heading', text: t.removeTitle },
      { kind: 'text', look: 'hint', text: t.removeLead },
      {
        ...{ kind: 'form', method: 'post', action: `${pages.base}${path}/remove`, hidden, danger: true },
        fields: [{ id: 'confirm', type: 'checkbox', label: t.removeTick, required: true }],
        submit: t.remove,
      },
    ];
  }

  function showUnknown(ctx: Context, who: Member): void {
    showSheet(pages, ctx, who, 'admin/sheet', { heading: t.title, error: t.unknown, status: 404, blocks: [] });
  }

  return router.routes() as unknown as Middleware;
}

function fieldsOf(values: URLSearchParams, faults: Faults): readonly Field[] {
  const field = (id: string, label: string, hint: string | null = null) => ({
    ...{ id, label, hint, value: values.get(id) ?? '', error: faults[id] ?? null },
  });
  const pairs = (all: Readonly<Record<string, string>>) => Object.entries(all);
  return [
    { ...field('name', t.name, t.nameHint), required: true, maxlength: 128 },
    { ...field('audience', t.audience, t.audienceHint), required: true, maxlength: 512 },
    { ...field('aliases', t.aliases, t.aliasesHint), type: 'textarea', rows: 3 },
    { ...field('kind', t.kind), type: 'select', options: pairs(t.kinds), value: values.get('kind') ?? 'storage' },
    {
      ...field('matching', t.matching),
      ...{ type: 'select', options: pairs(t.matchings), value: values.get('matching') ?? 'segment' },
    },
    { ...field('mounts', t.mounts, t.mountsHint), type: 'textarea', rows: 4 },
  ];
}

function readStorage(form: URLSearchParams): Result<StorageRecord, Faults> {
  const lines = (name: string) =>
    (form.get(name) ?? '')
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter(Boolean);
  const mounts = lines('mounts').map((line) => line.split(/\s+/));
  if (mounts.some((words) => words.length !== 2)) return err({ mounts: t.mountsFault });
  const parsed = storageSchema.safeParse({
    name: form.get('name')?.trim() ?? '',
    audience: form.get('audience')?.trim() ?? '',
    aliases: lines('aliases'),
    kind: form.get('kind') ?? 'storage',
    matching: form.get('matching') ?? 'string',
    mounts: mounts.map(([own, at]) => ({ path: own, at })),
  });
  if (parsed.success) return ok(storageRecord(parsed.data));
  return err(
    Object.fromEntries(parsed.error.issues.map(({ path: at, message }) => [String(at[0] ?? 'name'), message])),
  );
}

function valuesOf({ name, audience, aliases, kind, matching, mounts }: StorageRecord): URLSearchParams {
  return new URLSearchParams({
    ...{ name, audience, kind, matching, aliases: aliases.join('\n') },
    mounts: mounts.map((mount) => `${mount.path} ${mount.at}`).join('\n'),
  });
}

function statusOf(error: string | null, refusal: Refusal | undefined): number {
  if (error === null) return 200;
  return refusal?.kind === 'version-mismatch' || refusal?.kind === 'conflict' ? 409 : 422;
}

function sentenceOf({ kind, message }: Refusal): string {
  return kind === 'version-mismatch' ? t.changedMeanwhile : message;
}

function nameOf(ctx: Context): string {
  return queryText(ctx, 'name').replaceAll('\0', '');
}
