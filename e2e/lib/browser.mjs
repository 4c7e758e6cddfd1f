// Chromium, as people have it: with and without JavaScript, several persons at once.

import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import axe from 'axe-core'
import { chromium as engine } from 'playwright-core'
import * as settings from './settings.mjs'

// Without these Chromium calls home when it starts; root can't have its sandbox.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The upstream's pages ask for fonts from the Internet. Nothing here needs it, so nothing waits for it.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
]

/** Starts a headless Chromium with a profile of its own. */
export async function startBrowser() {
  const browser = await engine.launch({ executablePath: settings.chromium(), headless: true, args: FLAGS })
  return {
    /** A person with an empty cookie jar. `javaScript: false` turns scripts off; other options are Playwright's. */
    async person({ javaScript = true, ...options } = {}) {
      const context = await browser.newContext({ javaScriptEnabled: javaScript, locale: 'en-GB', ...options })
      context.setDefaultTimeout(15_000)
      return context
    },
    stop: () => browser.close(),
  }
}

/** Saves what the page looks like, whole, as `target/screenshots/NAME.png`. */
export async function screenshot(page, name) {
  const file = path.join(settings.target, 'screenshots', `${name}.png`)
  await mkdir(path.dirname(file), { recursive: true })
  await page.screenshot({ path: file, fullPage: true })
  return file
}

/**
 * What axe finds wrong with the page by WCAG 2.2 AA, as readable lines. It needs JavaScript: look at the same page in
 * a context that has it.
 */
export async function barriers(page) {
  await page.evaluate(axe.source)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), tags)
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`)
}
