/** Writes the operator's table of settings from the schema, and shows a configuration without its secrets. */
import { type Config, prefix, type Setting, settings } from './schema.ts';

/** The text of docs/reference/settings.md. */
export function renderSettingsReference(): string {
  const rows = settings.map((setting) => {
    const names = [`\`${prefix}${setting.name}\``, ...(setting.secret ? [`\`${prefix}${setting.name}_FILE\``] : [])];
    const type = setting.unit === '' ? setting.type : `${setting.type} (${setting.unit})`;
    return `| ${names.join('<br>')} | ${type} | ${setting.default} | ${setting.description} |`;
  });
  return `# Settings

This page is generated: \`npx sluice config reference > docs/reference/settings.md\`.

Settings are environment variables. An empty variable counts as absent. All faults are reported together, and an unknown
name that starts with \`${prefix}\` is a fault. Relative paths start at the working directory. Lists are separated by
commas or spaces. A secret may be given as a file instead: the variable with \`_FILE\` names it.

| Variable | Value | Default | Meaning |
|---|---|---|---|
${rows.join('\n')}

With \`NODE_ENV=production\` the server refuses to start with development keys, demonstration passwords, an \`http\`
issuer or webhook that is not loopback, or without secrets for cookies and keys.
`;
}

/** One line per setting, \`NAME=value\`; secrets are masked. */
export function renderConfig(config: Config): string {
  return settings.map((setting) => `${prefix}${setting.name}=${show(config, setting)}\n`).join('');
}

function show(config: Config, { key, secret }: Setting): string {
  const value = find(config, key);
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    return '';
  }
  return secret ? mask(value) : String(value);
}

function find(config: Config, key: Setting['key']): unknown {
  if (key === 'tls.certFile' || key === 'tls.keyFile') {
    return config.tls === null ? null : key === 'tls.certFile' ? config.tls.certFile : config.tls.keyFile;
  }
  return config[key];
}

/** Of a list its length is shown, of a URL everything but what may be secret in it. */
function mask(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(() => '********').join(',');
  }
  const url = URL.canParse(String(value)) ? new URL(String(value)) : undefined;
  if (url === undefined) {
    return '********';
  }
  const user = url.username === '' ? '' : `${url.username}:********@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}
