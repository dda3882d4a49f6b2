import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

import {chromium} from 'playwright-core';
import type {Browser, BrowserContextOptions, Page} from 'playwright-core';

import {EVERY} from '../../tools/sampled.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/local/bin/chrome', '/usr/local/bin/chromium'].find(
  existsSync,
);
/** Chromium asks its maker for this and that at every start; a test asks nobody. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const ARTIFACTS = join(import.meta.dirname, '..', '..', 'artifacts');

/** What a page did that a report must not do. */
export interface Watched {
  readonly page: Page;
  readonly errors: string[];
  readonly requests: string[];
}

/** A real browser, and files for it to open. */
export class ReportBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  static async start(): Promise<ReportBrowser> {
    if (CHROMIUM === undefined) throw new Error('no Chromium here: run test/setup.sh');
    const browser = await chromium.launch({executablePath: CHROMIUM, args: QUIET});
    mkdirSync(ARTIFACTS, {recursive: true});
    return new ReportBrowser(browser, mkdtempSync(join(tmpdir(), 'zbufctl-html-')));
  }

  /** Closes every report: pages of ten thousand hosts are no company for a measurement. */
  async closeAll(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, {recursive: true});
  }

  /** The file's address. */
  write(html: string): string {
    const path = join(this.folder, `${Math.random().toString(36).slice(2)}.html`);
    writeFileSync(path, html);
    return pathToFileURL(path).href;
  }

  /** Opens a report as a double click would, and watches what it does. */
  async open(html: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const context = await this.browser.newContext({
      viewport: {width: 1280, height: 900},
      ...options,
    });
    const page = await context.newPage();
    const watched: Watched = {page, errors: [], requests: []};
    page.on('console', (message) => watched.errors.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => watched.errors.push(error.message));
    page.on('dialog', (dialog) => {
      watched.errors.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const address = this.write(html);
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== address) watched.requests.push(request.url());
    });
    await page.goto(address, {waitUntil: 'load', timeout: 60_000});
    return watched;
  }

  /** For people: painting a page a yard long takes most of a test. */
  async shot({page}: Watched, name: string): Promise<void> {
    if (!EVERY) return;
    await page.screenshot({path: join(ARTIFACTS, `${name}.png`), fullPage: true, timeout: 60_000});
  }
}
