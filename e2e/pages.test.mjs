// Pages that the stories don't come by, and all of them on a narrow screen and in the dark.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { CLIENT_SECRET, openHouse } from './lib/house.mjs'
import { signInUpstream } from './lib/upstream.mjs'
import { visitor } from './lib/visitor.mjs'

const accounts = {
  bea: { sub: 'bea-at-campus' },
  leo: { sub: 'leo-at-campus', email: 'leo@example.org', given_name: 'Leo', family_name: 'Bell' },
}

let browser
let house

before(async () => {
  browser = await startBrowser()
  house = await openHouse({
    accounts,
    change: ({ realm }) => realm.clients.push({ ...realm.clients[0], id: 'bank', name: 'The bank', consent: true }),
  })
})
after(async () => {
  await browser?.stop()
  await house?.close()
})

async function arrives(t, album, options) {
  const person = await visitor(browser, { album: `pages-${album}`, ...options })
  t.after(() => person.close())
  return person
}

async function ending(person) {
  await person.page.waitForURL(`${house.client.origin}/callback?**`)
  return person.document()
}

test('somebody without a provider makes an account, and signs in with it', async (t) => {
  const nell = await arrives(t, 'register')
  await nell.goto(house.client.loginUri)
  await nell.press('Create an account')
  await nell.sees('Create an account')
  await nell.fill('Username', 'nell')
  await nell.press('Create account')
  await nell.sees('Create an account', { as: 'wrong' })
  assert.match(await nell.summary(), /password/i)
  assert.equal(await nell.page.getByLabel('Username', { exact: true }).inputValue(), 'nell', 'what was typed is kept')
  await nell.fill('Mail address', 'nell@example.org')
  await nell.fill('Password', 'a-password-for-tests-only')
  await nell.press('Create account')
  const { claims } = await ending(nell)
  assert.equal(claims.preferred_username, 'nell')
  assert.equal(claims.email_verified, false, 'a typed address is not proved')

  const later = await arrives(t, 'register-return')
  await later.goto(house.client.loginUri)
  await later.fill('Username or mail address', 'nell')
  await later.fill('Password', 'a-password-for-tests-only')
  await later.press('Sign in')
  assert.equal((await ending(later)).claims.sub, claims.sub)
})

test('what the provider doesn’t say is asked for once', async (t) => {
  const bea = await arrives(t, 'review')
  await bea.goto(`${house.client.loginUri}?provider-hint=campus`)
  await signInUpstream(bea.page, accounts.bea)
  await bea.sees('Check your details')
  await bea.fill('Mail address', 'not an address')
  await bea.press('Continue')
  await bea.sees('Check your details', { as: 'wrong' })
  assert.match(await bea.summary(), /Enter a mail address like/)
  await bea.fill('Mail address', 'bea@example.org')
  await bea.press('Continue')
  const { claims } = await ending(bea)
  assert.equal(claims.email, 'bea@example.org')
  assert.equal(claims.email_verified, false)
})

test('a client that needs consent learns nothing without it, and people are asked once', async (t) => {
  house.client.use({ issuer: house.origin, clientId: 'bank', clientSecret: CLIENT_SECRET })
  t.after(() => house.client.use({ issuer: house.origin, clientId: 'wiki', clientSecret: CLIENT_SECRET }))
  const leo = await arrives(t, 'consent')
  await leo.goto(`${house.client.loginUri}?provider-hint=campus`)
  await signInUpstream(leo.page, accounts.leo)
  await leo.sees('Allow access for The bank?')
  await leo.press("Don't allow")
  assert.equal((await ending(leo)).error, 'access_denied')
  await leo.goto(`${house.client.loginUri}?provider-hint=campus`)
  await leo.sees('Allow access for The bank?', { as: 'again' })
  await leo.press('Allow')
  const { claims } = await ending(leo)
  assert.equal(claims.email, 'leo@example.org')
  await leo.goto(house.client.loginUri)
  assert.equal((await ending(leo)).claims.sub, claims.sub, 'nobody is asked twice')
})

test('pages fit a screen of 320 pixels, and have a dark look that can be read', async (t) => {
  const { username } = await house.account({ email: 'a-rather-long-address-for-a-narrow-screen@example.org', password: 'a-password-for-tests-only' })
  accounts.narrow = { sub: 'narrow-at-campus', email: 'a-rather-long-address-for-a-narrow-screen@example.org', email_verified: true }
  for (const [album, options] of [
    ['narrow', { viewport: { width: 320, height: 640 } }],
    ['dark', { colorScheme: 'dark' }],
  ]) {
    const person = await arrives(t, album, options)
    const fits = async () => assert.ok(await person.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), person.page.url())
    await person.goto(house.client.loginUri)
    await person.sees('Sign in')
    await fits()
    await person.fill('Username or mail address', username)
    await person.press('Sign in')
    await person.sees('Sign in', { as: 'wrong' })
    await fits()
    await person.press('Continue with Campus')
    await signInUpstream(person.page, accounts.narrow)
    await person.sees(/already exists/)
    await fits()
    await person.press('Yes, it is mine: link')
    await person.sees('Check your mail')
    await fits()
    await person.press("Use the account's password")
    await person.sees('Show that the account is yours')
    await fits()
  }
})
