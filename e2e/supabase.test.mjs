// Automatic linking by verified address, as Supabase decides it, row by row; and where that ends in an error page there, an answer here.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { comesThrough, learns, openStreet } from './lib/street.mjs'
import { visitor } from './lib/visitor.mjs'

const PASSWORD = 'marker-password-of-somebody'
const AUTOMATIC = { 'trust-email': true, 'first-login-flow': 'first-broker-login-by-rule', 'unproved-accounts': 'hand-over' }

const identity = (name, email, email_verified = true) => ({ sub: name, email, email_verified })
const accounts = {
  known: identity('known', 'known@example.org'),
  unverified: identity('unverified', 'owner@example.org', false),
  local: identity('local', 'local@example.org'),
  squatted: identity('squatted', 'squatted@example.org'),
  fresh: identity('fresh', 'fresh@example.org'),
  first: identity('first', 'both@example.org'),
  second: identity('second', 'both@example.org'),
  employee: identity('employee', 'employee@corp.example'),
  employeeElsewhere: identity('employee-elsewhere', 'employee@corp.example'),
}

describe('automatic linking by verified address', () => {
  let browser
  let house

  before(async () => {
    browser = await startBrowser()
    house = await openStreet({
      upstreams: {
        one: { accounts, aliases: { google: AUTOMATIC, github: AUTOMATIC, loose: {}, sso: { ...AUTOMATIC, 'linking-domain': 'sso' } } },
      },
      realm: {
        'linking-rules': [
          {
            name: 'verified-address',
            priority: 10,
            providers: ['google', 'github', 'sso', 'loose'],
            match: { exact: { claim: 'email', account: 'email' } },
            'auto-link': true,
            'require-verified': { upstream: true, local: false },
          },
        ],
      },
    })
  })
  after(async () => {
    await browser?.stop()
    await house?.close()
  })

  async function arrives(t, album) {
    const person = await visitor(browser, { album: `supabase-${album}` })
    t.after(() => person.close())
    return person
  }

  async function signsIn(t, alias, account) {
    const person = await arrives(t, account.sub)
    await comesThrough(person, house, alias, account)
    return learns(person, house)
  }

  test('row 1: a known identity opens its account, whatever address it brings', async (t) => {
    const { sub } = await signsIn(t, 'google', accounts.known)
    await house.account({ email: 'elsewhere@example.org', password: PASSWORD })
    accounts.known.email = 'elsewhere@example.org'
    const again = await signsIn(t, 'google', accounts.known)
    assert.equal(again.sub, sub)
    assert.equal(again.email, 'known@example.org', 'the account keeps its own address')
  })

  test('row 2: nobody vouches for the address: a new account, which has not got the address verified', async (t) => {
    const owner = await house.account({ email: 'owner@example.org', password: PASSWORD })
    const { sub, email_verified } = await signsIn(t, 'loose', accounts.unverified)
    assert.notEqual(sub, owner.subject)
    assert.notEqual(email_verified, true)
  })

  test('row 3: one user with the verified address: linked', async (t) => {
    const owner = await house.account({ email: accounts.local.email, password: PASSWORD })
    assert.equal((await signsIn(t, 'google', accounts.local)).sub, owner.subject)
    assert.equal((await house.identities(owner.subject)).length, 1)
  })

  test('row 3, unconfirmed: what the squatter left on the account is gone', async (t) => {
    const squatter = await arrives(t, 'squatter')
    await squatter.goto(`${house.client.loginUri}?prompt=create`)
    await squatter.fill('Username', 'squatter')
    await squatter.fill('Mail address', accounts.squatted.email)
    await squatter.fill('Password', PASSWORD)
    await squatter.press('Create account')
    const { sub } = await learns(squatter, house)

    const owner = await signsIn(t, 'google', accounts.squatted)
    assert.equal(owner.sub, sub, 'the account is handed over in place, as the provider’s setting says')
    assert.equal(owner.email_verified, true)

    await squatter.goto(`${house.client.loginUri}?prompt=login`)
    await squatter.fill('Username or mail address', 'squatter')
    await squatter.fill('Password', PASSWORD)
    await squatter.press('Sign in')
    assert.match(await squatter.summary(), /don't fit together/, 'the squatter’s password opens nothing')
    await squatter.goto(house.client.loginUri)
    await squatter.sees('Sign in')
  })

  test('row 5: nobody has the address: a new account, with the address verified', async (t) => {
    const { email, email_verified } = await signsIn(t, 'google', accounts.fresh)
    assert.deepEqual([email, email_verified], ['fresh@example.org', true])
  })

  test('row 6: another identity with the verified address: linked to its user', async (t) => {
    const { sub } = await signsIn(t, 'google', accounts.first)
    assert.equal((await signsIn(t, 'github', accounts.second)).sub, sub)
    assert.deepEqual((await house.identities(sub)).map(({ provider }) => provider).sort(), ['github', 'google'])
  })

  test('who came by single sign-on is no target, and the other way round', async (t) => {
    const employee = await signsIn(t, 'sso', accounts.employee)
    const person = await signsIn(t, 'google', accounts.employeeElsewhere)
    assert.notEqual(person.sub, employee.sub)
    assert.equal((await house.identities(employee.sub)).length, 1)
    assert.equal((await signsIn(t, 'sso', accounts.employee)).sub, employee.sub)
  })
})
