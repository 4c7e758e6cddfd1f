// The JSON Schema of flow files in an editor: yaml-language-server reports mistakes where they are, and knows what can be written.

import assert from 'node:assert/strict'
import { mkdtemp, copyFile, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { startEditor } from './lib/language_server.mjs'
import { root } from './lib/settings.mjs'

const MODELINE = '# yaml-language-server: $schema=./flow.schema.json\n'
const flows = path.join(root, 'flows')
let editor
let folder

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'braid-schema-'))
  await copyFile(path.join(flows, 'flow.schema.json'), path.join(folder, 'flow.schema.json'))
  // Only the schema that the file itself names: nothing is fetched.
  const settings = { yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false } } }
  editor = await startEditor({ folder, settings })
})
after(async () => {
  await editor.stop()
  await rm(folder, { recursive: true })
})

const said = (diagnostics) => diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`)
const labels = (items) => items.map(({ label }) => label)

test('every flow that comes with Braid names the schema, and has no mistake by it', async () => {
  const files = (await readdir(flows)).filter((file) => file.endsWith('.yaml'))
  assert.ok(files.length >= 8)
  for (const file of files) {
    const text = await readFile(path.join(flows, file), 'utf8')
    assert.ok(text.startsWith(MODELINE), `${file} doesn't name the schema`)
    const { diagnostics } = await editor.open(file, text)
    assert.deepEqual(said(diagnostics), [], file)
  }
})

test('mistakes are reported at their lines', async () => {
  const { diagnostics } = await editor.open('broken.yaml', `${MODELINE}flow: Broken Name
executions:
  - cokie
  - review-profile: { updat: missing }
  - review-profile: { update: sometimes }
  - verify-by-email: { lifetime: soon }
  - flow: part
    requirment: required
    executions:
      - cookie: { requirement: optional }
  - flow: other
    when: { al: [identity.has-address] }
    executions: [cookie]
  - flow: without executions
tset: []
`)
  const lines = [...new Set(diagnostics.map(({ range }) => range.start.line + 1))].sort((a, b) => a - b)
  assert.deepEqual(lines, [2, 4, 5, 6, 7, 9, 11, 13, 15, 16], said(diagnostics).join('\n'))
})

test('an editor offers the names of authenticators, and the keys of sub-flows', async () => {
  const { uri } = await editor.open('names.yaml', `${MODELINE}flow: names\nexecutions:\n  - \n`)
  const offered = labels(await editor.complete(uri, 3, 4))
  for (const name of ['cookie', 'verify-by-email', 'review-profile', 'flow']) assert.ok(offered.includes(name), offered.join())
})

test('an editor offers the keys of an authenticator, and the words of a key', async () => {
  const { uri } = await editor.open('keys.yaml', `${MODELINE}flow: keys\nexecutions:\n  - confirm-link:\n      \n`)
  const keys = labels(await editor.complete(uri, 4, 6))
  assert.deepEqual(keys.sort(), ['requirement', 'reveals'])
  const words = await editor.open('words.yaml', `${MODELINE}flow: words\nexecutions:\n  - confirm-link:\n      reveals: \n`)
  assert.deepEqual(labels(await editor.complete(words.uri, 4, 15)).sort(), ['account', 'nothing'])
  const level = await editor.open('level.yaml', `${MODELINE}flow: level\nexecutions:\n  - cookie:\n      requirement: \n`)
  assert.deepEqual(labels(await editor.complete(level.uri, 4, 19)).sort(), ['alternative', 'disabled', 'required'])
})

test('an editor offers facts where a condition stands', async () => {
  const text = `${MODELINE}flow: facts\nexecutions:\n  - flow: part\n    when: \n    executions: [cookie]\n`
  const { uri } = await editor.open('facts.yaml', text)
  const offered = labels(await editor.complete(uri, 4, 10))
  for (const fact of ['existing-user.has-password', 'identity.has-address']) assert.ok(offered.includes(fact), offered.join())
})

test('an editor says what a key and an authenticator mean', async () => {
  const text = `${MODELINE}flow: hover\nexecutions:\n  - verify-by-email: { lifetime: 15m }\n`
  const { uri } = await editor.open('hover.yaml', text)
  assert.match(await editor.hover(uri, 3, 8), /mail/i)
  assert.match(await editor.hover(uri, 3, 25), /from `1m` to `1d`/)
  assert.match(await editor.hover(uri, 2, 3), /in order/)
})
