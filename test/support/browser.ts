/** Debian's chromium for the browser tests: found or installed, never silently left out. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ensurePackages } from './packages.ts';

const executablePath = '/usr/bin/chromium';
const artifacts = fileURLToPath(new URL('../artifacts', import.meta.url));

/** No sandbox: the tests also run as root, in containers. Everything else keeps it from talking to anybody but us. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Fails with the reason when there is no chromium and none may be installed. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    const problem = await ensurePackages(['chromium']);
    if (problem !== null) throw new Error(`browser tests need chromium: ${problem}`);
  }
  return chromium.launch({ executablePath, args, headless: true });
}

/** Keeps what a page looks like, for people to look at: test/artifacts/<name>.png. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(artifacts, { recursive: true });
  await page.screenshot({ path: join(artifacts, `${name}.png`), fullPage: true });
}
