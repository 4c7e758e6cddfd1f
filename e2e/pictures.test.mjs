// What `braid flow graph` draws, in the programs that show it: Mermaid itself, and Chromium for the SVG.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { screenshot, startBrowser } from './lib/browser.mjs'
import { finished } from './lib/program.mjs'
import { binary, root } from './lib/settings.mjs'

const MERMAID = path.join(root, 'e2e/node_modules/mermaid/dist/mermaid.min.js')
/** Names that mean something to Mermaid, to YAML, or to HTML. */
const NAMES = [
  'end',
  'subgraph a',
  'a "quoted" [one] (two) {three}',
  'Grüße aus Öland; 日本語',
  '<img src=x onerror=alert(1)> & <b>bold</b>',
  '#quot; #35; %%{init: {}}%% --> x',
  '`**mark**` | pipe ~~~ ---',
  'click n1 "javascript:alert(1)"',
]

let browser
let folder
let page

before(async () => {
  browser = await startBrowser()
  folder = await mkdtemp(path.join(tmpdir(), 'braid-pictures-'))
  page = await (await browser.person({ viewport: { width: 1400, height: 900 } })).newPage()
  await page.setContent('<!doctype html><title>Mermaid</title><body></body>')
  await page.addScriptTag({ path: MERMAID })
  // As GitHub and other hosts have it, but a mistake is an error instead of a picture of one.
  await page.evaluate(() => globalThis.mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true }))
})
after(async () => {
  await browser?.stop()
  await rm(folder, { recursive: true })
})

async function graph(flow, format) {
  const { code, stdout, stderr } = await finished(binary, ['flow', 'graph', flow, '--format', format])
  assert.equal(code, 0, `${flow}: ${stderr}`)
  return stdout
}

/** Renders it into the page. Gives the texts of nodes and sub-flows, and how many elements there are that a text must not make. */
async function render(text) {
  return page.evaluate(async (source) => {
    const { svg } = await globalThis.mermaid.render('picture', source)
    document.body.innerHTML = svg
    const texts = (selector) => [...document.querySelectorAll(selector)].map((label) => label.innerText ?? label.textContent)
    return {
      nodes: texts('.node .nodeLabel'),
      clusters: texts('.cluster .nodeLabel'),
      edges: document.querySelectorAll('path.flowchart-link').length,
      made: document.querySelectorAll('svg img, svg a, svg b, svg script').length,
    }
  }, text)
}

test('Mermaid draws every flow that comes with Braid', async () => {
  const flows = (await readdir(path.join(root, 'flows'))).filter((file) => file.endsWith('.yaml')).map((file) => path.parse(file).name)
  assert.ok(flows.length >= 20)
  for (const flow of flows) {
    const tree = await graph(flow, 'tree')
    const { nodes, edges, made } = await render(await graph(flow, 'mermaid'))
    assert.ok(nodes.includes('somebody comes') && nodes.includes('the flow has succeeded'), `${flow}: ${nodes}`)
    assert.ok(edges >= 2 && made === 0, `${flow}: ${edges} edges, ${made} other elements`)
    for (const node of nodes.filter((label) => !/somebody comes|the flow has|no way left|nothing to run|\?$/.test(label))) {
      const [name] = node.split('\n')
      assert.ok(tree.includes(name), `${flow}: the tree has no ${name}`)
    }
    if (flow === 'first-broker-login') await screenshot(page, 'pictures-mermaid')
  }
})

test('no name means anything to Mermaid', async () => {
  const part = (name) => `  - flow: ${JSON.stringify(name)}\n    requirement: alternative\n    executions: [username-and-password]\n`
  const file = path.join(folder, 'names.yaml')
  await writeFile(file, `flow: names\nexecutions:\n${NAMES.map(part).join('')}`)
  const { clusters, made } = await render(await graph(file, 'mermaid'))
  await screenshot(page, 'pictures-mermaid-names')
  assert.deepEqual(clusters.map((label) => label.replaceAll('\n', ' ')).sort(), NAMES.map((name) => `${name} (alternative)`).sort())
  assert.equal(made, 0)

  // A flow that is called as one of Mermaid's words.
  for (const name of ['end', 'graph', 'subgraph', 'true', 'null']) {
    await writeFile(file, `flow: "${name}"\nexecutions: [username-and-password]\n`)
    const source = await graph(file, 'mermaid')
    await render(source)
    const title = await page.evaluate(() => document.querySelector('svg .flowchartTitleText')?.textContent)
    assert.equal(title, name)
  }
})

for (const [flow, what, least] of [['first-broker-login', 'alternatives', 5], ['authentik-email-link', 'a condition', 3]]) {
  test(`the SVG of ${flow} is a picture with ${what}, in light and in the dark`, async () => {
    const svg = await graph(flow, 'svg')
    for (const colorScheme of ['light', 'dark']) {
      const person = await browser.person({ colorScheme, viewport: { width: 1200, height: 800 } })
      const shown = await person.newPage()
      await shown.setContent(`<!doctype html><title>${flow}</title><body style="margin:0">${svg}</body>`)
      assert.ok(await shown.locator('rect.card').count() >= least)
      const cut = await shown.evaluate(() => {
        const { width, height } = document.querySelector('svg').viewBox.baseVal
        return [...document.querySelectorAll('svg text')].filter((text) => {
          const box = text.getBBox()
          return box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height
        }).map((text) => text.textContent)
      })
      assert.deepEqual(cut, [], 'texts that leave the picture')
      await screenshot(shown, `pictures-svg-${flow}-${colorScheme}`)
      await person.close()
    }
  })
}
