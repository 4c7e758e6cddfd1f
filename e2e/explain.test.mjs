// `braid flow explain`: the story of logins that really happened, as an operator reads it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { runBraid } from './lib/braid.mjs'
import { startBrowser } from './lib/browser.mjs'
import { openHouse } from './lib/house.mjs'
import { signInUpstream } from './lib/upstream.mjs'
import { visitor } from './lib/visitor.mjs'

const PASSWORD = 'marker-password-of-bea'
const accounts = {
  bea: { sub: 'bea-at-campus', email: 'bea@example.org', email_verified: true },
  cyd: { sub: 'cyd-at-campus', email: 'cyd@example.org', email_verified: true },
}

let browser
let house

before(async () => {
  browser = await startBrowser()
  house = await openHouse({ accounts })
})
after(async () => {
  await browser?.stop()
  await house?.close()
})

async function explained(login) {
  const args = ['flow', 'explain', login, '--config', 'braid.yaml', '--realm', 'main']
  const { stdout } = await runBraid(args, { cwd: house.braid.folder })
  return stdout
}

async function comes(t, account, javaScript) {
  const person = await visitor(browser, { album: 'explain', javaScript })
  t.after(() => person.close())
  await person.goto(`${house.client.loginUri}?provider-hint=campus`)
  await signInUpstream(person.page, account)
  return person
}

/** The story without what differs from run to run. */
const steady = (text) => text
  .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'AT')
  .replace(/^the login .*:$/m, 'the login KEY:')
  .replace(/the identity [\w-]{22} of/g, 'the identity ID of')
  .replace(/\((?=[\w-]{8}\)$)[\w-]{8}\)$/gm, '(REVISION)')
  .replace(/^AT  (\S+) \(REVISION\)\n/gm, (line, flow, at, whole) => (whole.slice(0, at).match(/^AT  (\S+) \(REVISION\)$/gm)?.at(-1) === line.trimEnd() ? '' : line))
  .trimEnd().split('\n')

const CLAIMS = [accounts.bea, accounts.cyd].map(({ email }) => email)

test('a first login that was linked by a password, after a wrong one', async (t) => {
  const owner = await house.account({ username: 'bea', email: accounts.bea.email, password: PASSWORD })
  const bea = await comes(t, accounts.bea)
  await bea.press('Yes, it is mine: link')
  await bea.press("Use the account's password")
  await bea.fill('Password of that account', 'marker-wrong-password')
  await bea.press('Link')
  await bea.fill('Password of that account', PASSWORD)
  await bea.press('Link')
  await bea.page.waitForURL(`${house.client.origin}/callback?**`)

  const story = await explained(owner.subject)
  for (const secret of [...CLAIMS, PASSWORD, 'marker-wrong-password', accounts.bea.sub]) {
    assert.ok(!story.includes(secret), `${secret} is in the story:\n${story}`)
  }
  assert.deepEqual(steady(story), [
    'the login KEY:',
    'AT  browser (REVISION)',
    "  browser > cookie: attempted: it doesn't apply to this person",
    '  browser > provider: challenged: it waits for the person',
    'AT  first-broker-login (REVISION)',
    '  first-broker-login > review-profile: succeeded: it did what it is there for',
    "  first-broker-login > create-user-if-unique: attempted: it doesn't apply to this person",
    `      address: it found ${owner.subject}, which is still to be proved.`,
    '      The rule address decided.',
    '  first-broker-login > confirm-link: challenged: it waits for the person',
    '  first-broker-login > confirm-link: succeeded: it did what it is there for',
    '  first-broker-login > verify-by-email: challenged: it waits for the person',
    '  first-broker-login > reauthenticate: challenged: it waits for the person',
    '  first-broker-login > reauthenticate: retry: the person may try again on the same page',
    '  first-broker-login > reauthenticate: succeeded: it did what it is there for',
    "  first-broker-login > second factor: it isn't there, because `user.second-factor-configured` doesn't hold",
    'AT  browser (REVISION)',
    '  browser > provider: succeeded: it did what it is there for',
    "  browser > second factor: it isn't there, because `user.second-factor-configured` doesn't hold",
    "the identity ID of campus was linked: the account's password was given (flow first-broker-login, rule address)",
    'it ended well, AT',
    `it turned out to be ${owner.subject}`,
  ])
  const [, key] = /^the login (\S+):/.exec(story)
  assert.equal(await explained(key), story, 'by its key')
})

test('a first login that nobody finishes', async (t) => {
  const owner = await house.account({ username: 'cyd', email: accounts.cyd.email, password: PASSWORD })
  await comes(t, accounts.cyd)
  // Nobody has proved anything, so the account has no login.
  const args = ['flow', 'explain', owner.subject, '--config', 'braid.yaml', '--realm', 'main']
  const { stderr } = await runBraid(args, { cwd: house.braid.folder, code: 1 })
  assert.match(stderr, /nothing is kept of a login/)
  const [{ login }] = await house.rows('SELECT session AS login FROM decisions ORDER BY at DESC LIMIT 1')
  const story = steady(await explained(login))
  assert.ok(story.includes('  first-broker-login > confirm-link: challenged: it waits for the person'), story.join('\n'))
  assert.deepEqual(story.slice(-2), ['it waits for the person', "who it was didn't turn out"])
})
