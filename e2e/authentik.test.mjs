// The matching modes of authentik, row by row, as rules and flows. Where a mode there links without any proof, it does so here only where the
// provider's word is taken; otherwise the person proves the account.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { comesThrough, learns, openStreet } from './lib/street.mjs'
import { visitor } from './lib/visitor.mjs'

const PASSWORD = 'marker-password-of-somebody'
const LINKS = { 'first-login-flow': 'first-broker-login-by-rule' }

const rule = (name, priority, providers, match, more = {}) => ({ name, priority, providers, match, ...more })
const EMAIL = { exact: { claim: 'email', account: 'email' } }
const USERNAME = { exact: { claim: 'username', account: 'username' } }

const accounts = Object.fromEntries(
  ['ada', 'bea', 'cyd', 'dee', 'eve', 'fay', 'gil', 'hal', 'ivy', 'jon'].map((name) => [
    name,
    { sub: name, email: `${name}@example.org`, email_verified: true, preferred_username: name },
  ]),
)
accounts.nameless = { sub: 'nameless', email: 'nameless@example.org', email_verified: true }

describe('matching modes', () => {
  let browser
  let house

  before(async () => {
    browser = await startBrowser()
    house = await openStreet({
      upstreams: {
        source: {
          accounts,
          aliases: {
            identifier: LINKS,
            emaillink: { ...LINKS, 'trust-email': true },
            emaillinkuntrusted: LINKS,
            emaildeny: LINKS,
            usernamelink: LINKS,
            usernamedeny: LINKS,
          },
        },
      },
      realm: {
        'linking-rules': [
          rule('email-link', 10, ['emaillink', 'emaillinkuntrusted'], EMAIL, { 'auto-link': true, 'on-missing': 'deny', 'require-verified': { upstream: false, local: true } }),
          rule('email-deny', 20, ['emaildeny'], EMAIL, { 'on-match': 'deny', 'on-missing': 'deny', 'require-verified': false }),
          rule('username-link', 30, ['usernamelink'], USERNAME, { 'on-missing': 'deny', 'require-verified': false }),
          rule('username-deny', 40, ['usernamedeny'], USERNAME, { 'on-match': 'deny', 'on-missing': 'deny', 'require-verified': false }),
        ],
      },
    })
  })
  after(async () => {
    await browser?.stop()
    await house?.close()
  })

  async function comes(t, alias, account) {
    const person = await visitor(browser, { album: `authentik-${alias}` })
    t.after(() => person.close())
    await comesThrough(person, house, alias, account)
    return person
  }

  const isThrough = (person) => person.page.url().startsWith(house.client.origin)

  test('row 4: a connection that exists signs in its owner', async (t) => {
    const { sub } = await learns(await comes(t, 'identifier', accounts.ada), house)
    assert.equal((await learns(await comes(t, 'identifier', accounts.ada), house)).sub, sub)
  })

  test('row 5: by identifier, nothing but the identity counts: somebody else’s address makes a new account', async (t) => {
    const owner = await house.account({ username: 'bea-here', email: accounts.bea.email, password: PASSWORD })
    const { sub } = await learns(await comes(t, 'identifier', accounts.bea), house)
    assert.notEqual(sub, owner.subject)
  })

  test('row 6: the claim is missing: denied, with a page that says so', async (t) => {
    const person = await comes(t, 'usernamelink', accounts.nameless)
    assert.ok(!isThrough(person))
    await person.sees(await person.heading())
  })

  test('row 7: by address, nobody has it: enrolled', async (t) => {
    const { email } = await learns(await comes(t, 'emaillink', accounts.cyd), house)
    assert.equal(email, accounts.cyd.email)
  })

  test('row 8: by address, a user has it: linked where the provider is trusted', async (t) => {
    const owner = await house.account({ email: accounts.dee.email, password: PASSWORD })
    assert.equal((await learns(await comes(t, 'emaillink', accounts.dee), house)).sub, owner.subject)
  })

  test('row 8, untrusted: the account has to be proved', async (t) => {
    const owner = await house.account({ email: accounts.eve.email, password: PASSWORD })
    const person = await comes(t, 'emaillinkuntrusted', accounts.eve)
    assert.ok(!isThrough(person))
    assert.equal((await house.identities(owner.subject)).length, 0)
  })

  test('row 8, by username: anybody may have taken a name, so the account is proved, by its password', async (t) => {
    const owner = await house.account({ username: 'fay', password: PASSWORD })
    const person = await comes(t, 'usernamelink', accounts.fay)
    assert.ok(!isThrough(person))
    await person.sees(await person.heading())
    assert.equal((await house.identities(owner.subject)).length, 0)
    await person.press('Go on')
    await person.fill('Password of your account', PASSWORD)
    await person.press('Link')
    assert.equal((await learns(person, house)).sub, owner.subject)
  })

  test('rows 9 and 10: by address or username, denied if somebody has it, enrolled if nobody does', async (t) => {
    await house.account({ username: 'hal', email: accounts.hal.email, password: PASSWORD })
    for (const alias of ['emaildeny', 'usernamedeny']) {
      const person = await comes(t, alias, accounts.hal)
      assert.ok(!isThrough(person), alias)
      await person.sees(await person.heading())
      await learns(await comes(t, alias, alias === 'emaildeny' ? accounts.ivy : accounts.jon), house)
    }
  })
})
