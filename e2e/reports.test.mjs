// The report of `braid flow test --junit`, read by programs that were not written here.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { finished } from './lib/program.mjs'
import { binary, python, root } from './lib/settings.mjs'

const READER = fileURLToPath(new URL('lib/read_junit.py', import.meta.url))

/** What the schema of Jenkins' xUnit plugin (junit-10.xsd) allows, as far as a report of ours goes: attributes, those that must be there, children. */
const SCHEMA = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], must: [], children: ['testsuite'] },
  testsuite: {
    attributes: ['name', 'tests', 'failures', 'errors', 'group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url', 'version'],
    must: ['name', 'tests', 'failures', 'errors'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    attributes: ['name', 'time', 'classname', 'group', 'status', 'class', 'file', 'line', 'log', 'url', 'assertions'],
    must: ['name'],
    children: ['skipped', 'error', 'failure', 'properties', 'system-out', 'system-err'],
  },
  failure: { attributes: ['type', 'message'], must: [], children: [] },
  error: { attributes: ['type', 'message'], must: [], children: [] },
}
const COUNTS = ['tests', 'failures', 'errors', 'skipped', 'line']

let folder

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'braid-reports-'))
})
after(() => rm(folder, { recursive: true }))

async function reported(code, ...paths) {
  const file = path.join(folder, 'tests.xml')
  const ended = await finished(binary, ['flow', 'test', ...paths, '--junit', file])
  assert.equal(ended.code, code, ended.stdout + ended.stderr)
  const read = await finished(python, [READER, file])
  assert.equal(read.code, 0, read.stderr)
  const report = JSON.parse(read.stdout)
  for (const { tag, attributes, children } of report.elements) {
    const allowed = SCHEMA[tag]
    assert.ok(allowed, `<${tag}> is none of the format's`)
    for (const name of Object.keys(attributes)) assert.ok(allowed.attributes.includes(name), `<${tag} ${name}=…>`)
    for (const name of allowed.must) assert.ok(name in attributes, `<${tag}> without ${name}`)
    for (const child of children) assert.ok(allowed.children.includes(child), `<${child}> in <${tag}>`)
    for (const name of COUNTS) assert.match(attributes[name] ?? '0', /^\d+$/, `${tag} ${name}`)
    assert.match(attributes.time ?? '0', /^\d+(\.\d+)?$/)
  }
  const { tests, failures, errors } = report.totals
  assert.deepEqual(report.counted, { tests, failures, errors }, 'the counts are those of the cases')
  return report
}

test('the flows that come with Braid', async () => {
  const { suites, totals } = await reported(0, path.join(root, 'flows'))
  assert.equal(totals.failures + totals.errors, 0)
  assert.equal(totals.tests, suites.reduce((sum, suite) => sum + suite.cases.length, 0))
  assert.ok(suites.some(({ name, tests }) => name === 'first-broker-login' && tests > 3))
  const cases = suites.flatMap((suite) => suite.cases)
  assert.ok(cases.every(({ name, classname, results }) => name !== '' && classname !== '' && results.length === 0))
  const sum = cases.reduce((seconds, { time }) => seconds + time, 0)
  assert.ok(totals.time > 0 && Math.abs(totals.time - sum) < 0.001 * cases.length, `${totals.time} and ${sum}`)
})

test('names that mean something to XML, a red test, a broken file and one that is gone', async () => {
  const names = ['a ]]> "quoted" <b>&amp;</b> \'name\'', 'tab\tand line\nbreak', 'control \u0001\u001b[31m and \ufffe', 'Grüße 日本語 😀']
  const red = path.join(folder, 'red.yaml')
  const one = (name, denied) => `  - name: ${JSON.stringify(name)}\n    identity: { provider: social, email: ada@example.org }\n    then: { ${denied ? 'denied: no-account' : 'signed-in: new'} }\n`
  await writeFile(red, `flow: red\nexecutions: [create-user-if-unique]\ntests:\n${one(names[0], true)}${one(names[3], false)}`)
  const broken = path.join(folder, 'broken ]]> "&<.yaml')
  await writeFile(broken, `flow: broken\nexecutions: [cokie]\ntests:\n${names.slice(1, 3).map((name) => one(name, false)).join('')}`)
  const { suites, totals } = await reported(2, red, broken, path.join(folder, 'gone.yaml'))
  assert.deepEqual([totals.tests, totals.failures, totals.errors], [4, 1, 2])
  const [failed, passed] = suites.find(({ name }) => name === 'red').cases
  assert.equal(failed.name, names[0])
  assert.equal(passed.name, names[3])
  assert.deepEqual(failed.results.map(({ kind, type }) => [kind, type]), [['failure', 'red']])
  assert.match(failed.results[0].message, /expected refused: `no-account`, but/)
  assert.match(failed.results[0].text, /red\.yaml:\d+:\d+\nexpected: .*\nshown: .*\nuntil then:\n/s)
  const errors = suites.flatMap((suite) => suite.cases).filter(({ results }) => results[0]?.kind === 'error')
  assert.deepEqual(errors.map(({ results }) => results[0].message.split(':')[0]).sort(), ['BF0030', "it can't be opened"])
})
