// Two accounts behind one provider, and the provider remembers one of them: proving the other account forces the prompt there, and only
// there; when the same one comes back, that is said, and the person tries again.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { comesThrough, learns, openStreet } from './lib/street.mjs'
import { signInUpstream } from './lib/upstream.mjs'
import { visitor } from './lib/visitor.mjs'

describe('two accounts behind one provider', () => {
  const accounts = {
    password: { sub: 'auth0|kim', email: 'kim@tenant.example', email_verified: true },
    social: { sub: 'google-oauth2|42', email: 'kim@tenant.example', email_verified: true },
  }
  let browser
  let house

  before(async () => {
    browser = await startBrowser()
    house = await openStreet({ upstreams: { tenant: { accounts, aliases: { tenant: { 'trust-email': true, reauthentication: 'auth-time' } } } } })
  })
  after(async () => {
    await browser?.stop()
    await house?.close()
  })

  test('the prompt is forced for the proof; the same one came back; then the right one links', async (t) => {
    const kim = await visitor(browser, { album: 'auth0' })
    t.after(() => kim.close())
    await comesThrough(kim, house, 'tenant', accounts.password)
    const { sub } = await learns(kim, house)

    // Later, in a browser where the provider knows the social account only.
    const later = await visitor(browser, { album: 'auth0-later' })
    t.after(() => later.close())
    await comesThrough(later, house, 'tenant', accounts.social)
    await later.sees(/already exists/)
    await later.press('Yes, it is mine: link')
    await later.press(/Tenant/)
    await later.press('Continue with Tenant').catch(() => {})
    assert.ok(later.page.url().startsWith(house.street.tenant.issuer), 'its session there is not enough: it asks for credentials')
    await signInUpstream(later.page, accounts.social)
    await later.settles()
    await later.sees(await later.heading(), { as: 'the-same-one-came-back' })
    assert.match(await later.text(), /At Tenant you came back as/)
    assert.equal((await house.identities(sub)).length, 1, 'nothing was linked')

    await later.press(/[Tt]ry again/)
    await signInUpstream(later.page, accounts.password)
    await later.settles()
    assert.equal((await learns(later, house)).sub, sub)
    const ids = (await house.identities(sub)).map(({ id }) => id)
    assert.deepEqual(ids.sort(), [accounts.password.sub, accounts.social.sub].sort())

    // An ordinary login never forces the prompt.
    const before = house.street.tenant.requests.length
    await later.goto(`${house.client.loginUri}?provider-hint=tenant&prompt=select_account`).catch(() => {})
    assert.ok(house.street.tenant.requests.length >= before)
  })
})
