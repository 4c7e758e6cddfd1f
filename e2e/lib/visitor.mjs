// A person in front of Braid's pages. Whatever page they look at has to be fit to be seen.

import assert from 'node:assert/strict'
import { barriers, screenshot } from './browser.mjs'
import { until } from './net.mjs'

const STRICT = [
  /default-src 'none'/,
  /style-src 'self'/,
  /form-action 'self'/,
  /base-uri 'none'/,
  /frame-ancestors 'none'/,
]

/** The pages that were seen in this process, by heading: those that axe checked, and those without JavaScript, where it can't. */
export const headings = { checked: new Set(), plain: new Set() }

/** Opens an empty browser for somebody. `album` is where the screenshots go: a folder in `target/screenshots`. */
export async function visitor(browser, { album, javaScript = true, ...options }) {
  const person = await browser.person({ javaScript, ...options })
  return new Visitor(person, await person.newPage(), { album, javaScript })
}

class Visitor {
  #album
  #javaScript
  #answer
  #shots = 0

  constructor(person, page, { album, javaScript }) {
    this.person = person
    this.#album = album
    this.#javaScript = javaScript
    this.#attend(page)
  }

  #attend(page) {
    this.page = page
    /** Errors that the browser complained of, on this page. */
    this.complaints = []
    /** Requests that came to nothing. */
    this.failures = []
    /** Every document that was shown (no redirects): `{ url, status }`. */
    this.shown = []
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()))
    page.on('requestfailed', (request) => this.failures.push(`${request.url()}: ${request.failure()?.errorText}`))
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('response', (response) => {
      const request = response.request()
      if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return
      this.#answer = response
      if (response.status() >= 300 && response.status() < 400) return
      this.complaints = []
      this.shown.push({ url: response.url(), status: response.status() })
    })
  }

  /** Another tab of the same browser. */
  async tab() {
    return new Visitor(this.person, await this.person.newPage(), { album: `${this.#album}-tab`, javaScript: this.#javaScript })
  }

  async goto(url) {
    await this.page.goto(url)
    await this.settles()
  }

  /** Presses a button or link, and waits for the page that comes. */
  async press(label) {
    const name = typeof label === 'string' ? { name: label, exact: true } : { name: label }
    const found = this.page.getByRole('button', name).or(this.page.getByRole('link', name))
    await this.#leave(() => found.first().click())
  }

  /** Goes back one page, as the browser's button does. */
  async back() {
    await this.page.goBack()
    await this.settles()
  }

  async reload() {
    await this.page.reload()
    await this.settles()
  }

  async fill(label, value) {
    await this.page.getByLabel(label, { exact: true }).fill(value)
  }

  async #leave(act) {
    const arrived = this.page.waitForEvent('load')
    // If acting fails, nobody waits for the arrival.
    arrived.catch(() => {})
    await act()
    await arrived
    await this.settles()
  }

  /** Waits until a page that only leads on to another origin has done so. */
  async settles() {
    await until('the page to lead on', async () => {
      const headings = await this.page.locator('h1').allInnerTexts()
      return !headings.some((text) => text.startsWith('Going on to '))
    })
    await this.page.waitForLoadState('load')
  }

  /** Waits for an address; if it doesn't come, tells what is there instead. */
  async reaches(url) {
    try {
      await this.page.waitForURL(url)
    } catch (cause) {
      const instead = await this.page.locator('body').innerText()
      throw new Error(`${url} didn't come. At ${this.page.url()}: ${instead}\n${this.failures.join('\n')}`, { cause })
    }
  }

  heading() {
    return this.page.locator('h1').innerText()
  }

  text() {
    return this.page.locator('main').innerText()
  }

  /** The error summary, or nothing. */
  async summary() {
    const summary = this.page.locator('.summary')
    return (await summary.count()) ? summary.innerText() : ''
  }

  /** The reference id on the page, or nothing. */
  async reference() {
    const found = (await this.page.locator('footer').innerText()).match(/Reference: (\w+)/)
    return found?.[1]
  }

  /**
   * Looks at one of Braid's pages: it must have this heading, be free of barriers and scripts, and come with a strict
   * policy. `status` is 200 unless it is an error page. It takes a picture. Pages of the demo's application and mailbox
   * (`ofDemo`) have policies of their own.
   */
  async sees(heading, { status = 200, as, ofDemo = false } = {}) {
    const here = `${this.#album}: ${this.page.url().slice(0, 80)}`
    const found = await this.heading()
    if (heading instanceof RegExp) assert.match(found, heading, here)
    else assert.equal(found, heading, here)
    assert.equal(this.#answer.status(), status, here)
    await this.#checkMarkup(here)
    if (!ofDemo) await this.#checkPage(here)
    // The browser itself complains of a status of 400 and more.
    const complaints = this.complaints.filter((text) => status < 400 || !text.includes(`status of ${status}`))
    assert.deepEqual(complaints, [], here)
    this.#shots += 1
    const name = as ?? found.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
    await screenshot(this.page, `${this.#album}/${String(this.#shots).padStart(2, '0')}-${name}`)
    if (this.#javaScript) assert.deepEqual(await barriers(this.page), [], here)
    headings[this.#javaScript ? 'checked' : 'plain'].add(found)
  }

  async #checkPage(here) {
    const headers = await this.#answer.allHeaders()
    const policy = headers['content-security-policy'] ?? ''
    for (const part of STRICT) assert.match(policy, part, here)
    assert.doesNotMatch(policy, /unsafe|script-src|\*/, here)
    assert.equal(headers['x-content-type-options'], 'nosniff', here)
    assert.equal(headers['referrer-policy'], 'no-referrer', here)
    assert.equal(headers['x-frame-options'], 'DENY', here)
    assert.equal(headers['cache-control'], 'no-store', here)
    const title = await this.page.title()
    assert.ok(title.includes(' – '), `${here}: title ${title}`)
    assert.equal(title.startsWith('Error: '), (await this.summary()) !== '', `${here}: title ${title}`)
  }

  async #checkMarkup(here) {
    const { page } = this
    assert.equal(await page.locator('h1').count(), 1, here)
    assert.equal(await page.locator('script, [style], style, [onclick]').count(), 0, here)
    assert.equal(await page.locator('html[lang][dir]').count(), 1, here)
  }

  /** The JSON document that the client shows at the end. */
  async document() {
    return JSON.parse(await this.page.locator('pre, body').first().innerText())
  }

  close() {
    return this.person.close()
  }
}
