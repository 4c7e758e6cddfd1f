// A browser without a window: cookies, redirects, forms. Many of them can run at once.

const MOST_STEPS = 20

/** Somebody who walks from page to page. */
export class Walker {
  #jar

  constructor(jar = []) {
    this.#jar = new Map(jar)
  }

  /** Another tab: the same cookies as they are now. */
  clone() {
    return new Walker(this.#jar)
  }

  /**
   * Asks for an address and follows every redirect, also of pages that only lead on. Gives the page at the end:
   * `{ url, status, text }`. It stops before an address that contains `before`, and gives `{ url }` alone.
   */
  async go(url, { form, before } = {}) {
    let target = new URL(url)
    let body = form
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      if (before && target.href.includes(before)) return { url: target.href }
      const response = await this.#ask(target, body)
      const text = await response.text()
      const next = response.headers.get('location') ?? leadsOn(text)
      if (!next) return { url: target.href, status: response.status, text }
      target = new URL(next, target)
      body = undefined
    }
    throw new Error(`no end of redirects at ${target.href}`)
  }

  /** Fills in the page's form with this button (its first form if none is named) and sends it. */
  async submit(page, fields = {}, { button, before } = {}) {
    const forms = [...page.text.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/g)].map(([, head, inner]) => ({ head, inner }))
    const form = button ? forms.find(({ inner }) => inner.includes(`>${button}<`)) : forms[0]
    if (!form) throw new Error(`no form “${button ?? ''}” at ${page.url}, ${page.status}:\n${page.text}`)
    const hidden = [...form.inner.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')])
    const buttons = [...form.inner.matchAll(/<button\b([^>]*)>([^]*?)<\/button>/g)]
    const [pressed] = button ? buttons.filter(([, , label]) => label.includes(button)) : buttons
    const action = attribute(pressed?.[1] ?? '', 'name')
    if (action) hidden.push([action, attribute(pressed[1], 'value')])
    const target = new URL(attribute(form.head, 'action') || page.url, page.url)
    return this.go(target, { form: new URLSearchParams([...hidden, ...Object.entries(fields)]), before })
  }

  async #ask(url, body) {
    const cookies = [...this.#jar.values()].filter((one) => one.host === url.hostname && url.pathname.startsWith(one.path))
    const headers = cookies.length ? { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') } : {}
    const response = await fetch(url, { method: body ? 'POST' : 'GET', body, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(url, line)
    return response
  }

  #keep(url, line) {
    const [pair, ...attributes] = line.split(/; ?/)
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
    const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) || '/'
    const key = `${url.hostname} ${path} ${name}`
    if (value === '') this.#jar.delete(key)
    else this.#jar.set(key, { host: url.hostname, path, name, value })
  }
}

/** The page's first heading. */
export const heading = (page) => unescaped((page.text.match(/<h1[^>]*>([^]*?)<\/h1>/)?.[1] ?? '').replace(/<[^>]+>/g, '').trim())

const leadsOn = (text) => unescaped(text.match(/<meta http-equiv="refresh" content="0;url=([^"]+)"/)?.[1])
const attribute = (tag, name) => unescaped(tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1]) ?? ''

function unescaped(text) {
  return text
    ?.replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
}
