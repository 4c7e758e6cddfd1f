// Braid among programs that were not written here, in a browser, on both databases.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startAuthlibClient } from './lib/authlib.mjs'
import { startBrowser } from './lib/browser.mjs'
import { openHouse } from './lib/house.mjs'
import { freePort, until } from './lib/net.mjs'
import { postgres } from './lib/settings.mjs'
import { signInUpstream } from './lib/upstream.mjs'
import { visitor } from './lib/visitor.mjs'

const accounts = {
  nia: { sub: 'nia-at-campus', email: 'nia@example.org', email_verified: true, given_name: 'Nia', family_name: 'Okoro' },
  mia: { sub: 'mia-at-campus', email: 'mia@example.org', email_verified: true, given_name: 'Mia', family_name: 'Sato' },
  pia: { sub: 'pia-at-campus', email: 'pia@example.org', email_verified: true, given_name: 'Pia', family_name: 'Rossi' },
  ria: { sub: 'ria-at-campus', email: 'ria@example.org', email_verified: true, given_name: 'Ria', family_name: 'Lund' },
  tia: { sub: 'tia-at-campus', email: 'tia@example.org', email_verified: true, given_name: 'Tia', family_name: 'Blum' },
}

for (const database of ['sqlite', 'postgres']) {
  describe(`on ${database}`, { skip: database === 'postgres' && !postgres && 'BRAID_TEST_POSTGRES is not set' }, () => {
    let browser
    let house
    let authlib

    before(async () => {
      const port = await freePort()
      authlib = { port, redirectUri: `http://127.0.0.1:${port}/callback` }
      browser = await startBrowser()
      house = await openHouse({
        database,
        accounts,
        change: ({ realm }) => realm.clients.push({ id: 'notes', name: 'Notes', public: true, 'redirect-uris': [authlib.redirectUri] }),
      })
    })
    after(async () => {
      await browser?.stop()
      await house?.close()
    })

    /** Somebody with an empty browser, whom the test's end sends home. */
    async function arrives(t, album) {
      const person = await visitor(browser, { album: `foreign-${database}-${album}` })
      t.after(() => person.close())
      return person
    }

    /** Begins at the client, chooses the provider and signs in there. */
    async function signsInAtCampus(person, account, query = '') {
      await person.goto(`${house.client.loginUri}${query}`)
      if (!query.includes('provider-hint')) {
        await person.sees('Sign in')
        await person.press('Continue with Campus')
      }
      await signInUpstream(person.page, account)
    }

    /** Waits until the client shows what it learned. */
    async function learns(person, origin = house.client.origin) {
      await person.reaches(`${origin}/callback?**`)
      const { claims, ...trouble } = await person.document()
      assert.ok(claims, JSON.stringify(trouble))
      return claims
    }

    test('somebody new gets an account, and comes back without a question', async (t) => {
      const nia = await arrives(t, 'create')
      await signsInAtCampus(nia, accounts.nia)
      const first = await learns(nia)
      assert.match(first.sub, /^usr_/)
      assert.equal(first.iss, house.origin)
      assert.equal(first.aud, 'wiki')
      assert.equal(first.email, 'nia@example.org')
      assert.equal(first.email_verified, false, 'the provider is not trusted with addresses')
      assert.equal(first.given_name, 'Nia')
      const [link, ...more] = await house.links(first.sub)
      assert.equal(more.length, 0)
      assert.equal(link.subject, 'nia-at-campus')
      assert.ok(link.is_primary, 'the first identity is primary')

      const later = await arrives(t, 'return')
      await signsInAtCampus(later, accounts.nia, '?provider-hint=campus')
      assert.equal((await learns(later)).sub, first.sub)
      assert.deepEqual(later.shown.filter(({ url }) => url.startsWith(house.origin)), [], 'no page of Braid was shown')

      // In the browser that is signed in, not even the provider is asked.
      const asked = house.upstream.requests.length
      await later.goto(house.client.loginUri)
      assert.equal((await learns(later)).sub, first.sub)
      assert.equal(house.upstream.requests.length, asked)
    })

    test('an account with the same address is linked by mail over SMTP, and says so by mail', async (t) => {
      const account = await house.account({ email: 'mia@example.org', password: 'marker-password-of-mia' })
      const mia = await arrives(t, 'mail')
      await signsInAtCampus(mia, accounts.mia)
      await mia.sees(/already exists/)
      assert.equal(house.mails.to('mia@example.org').length, 0, 'a question sends nothing')
      await mia.press('Yes, it is mine: link')
      await mia.sees('Check your mail')

      const mail = await house.mails.latestTo('mia@example.org')
      assert.deepEqual(mail.to, ['mia@example.org'], 'one recipient')
      assert.equal(mail.from, 'login@example.org')
      assert.equal(mail.links.length, 1)
      const [link] = mail.links
      assert.ok(link.startsWith(`${house.origin}/mail/`), link)
      assert.ok(mail.html.includes(`href="${link}"`), 'the HTML part has the same link')
      const kinds = String(mail.raw).match(/^content-type: [a-z]+\/[a-z]+/gim).map((line) => line.toLowerCase())
      assert.deepEqual(kinds, ['content-type: multipart/alternative', 'content-type: text/plain', 'content-type: text/html'])

      await mia.goto(link)
      await mia.sees('Is this you?')
      assert.deepEqual(await house.links(account.subject), [], 'looking changes nothing')
      await mia.press('Yes, link them')
      const claims = await learns(mia)
      assert.equal(claims.sub, account.subject)
      assert.equal(claims.email_verified, true)
      assert.equal((await house.links(account.subject)).length, 1)

      const news = await house.mails.latestTo('mia@example.org', { count: 2 })
      assert.match(news.text, /was linked to your account/)
      await mia.goto(link)
      await mia.sees("This link doesn't work any more", { status: 410 })
    })

    test('an account with the same address is linked by its password, and a wrong one is told', async (t) => {
      const account = await house.account({ email: 'pia@example.org', password: 'marker-password-of-pia' })
      const pia = await arrives(t, 'password')
      await signsInAtCampus(pia, accounts.pia)
      await pia.press('Yes, it is mine: link')
      await pia.press("Use the account's password")
      await pia.sees('Show that the account is yours')
      await pia.fill('Password of that account', 'not the password')
      await pia.press('Link')
      await pia.sees('Show that the account is yours', { as: 'wrong-password' })
      assert.match(await pia.summary(), /The password isn't right/)
      assert.deepEqual(await house.links(account.subject), [])
      await pia.fill('Password of that account', 'marker-password-of-pia')
      await pia.press('Link')
      assert.equal((await learns(pia)).sub, account.subject)
      assert.equal((await house.links(account.subject)).length, 1)

      const later = await arrives(t, 'password-return')
      await signsInAtCampus(later, accounts.pia, '?provider-hint=campus')
      assert.equal((await learns(later)).sub, account.subject)
    })

    test('a refresh token works once; the second use of an old one ends its family', async (t) => {
      const ria = await arrives(t, 'refresh')
      await signsInAtCampus(ria, accounts.ria, '?provider-hint=campus&scope=openid+email+offline_access')
      const { sub } = await learns(ria)
      const { client } = house
      const [first] = [client.tokens.refresh_token]
      assert.ok(first, 'there is a refresh token')
      assert.equal((await client.userinfo()).email, 'ria@example.org')

      const login = client.tokens
      const second = await client.refresh()
      assert.notEqual(second.refresh_token, first)
      assert.notEqual(second.access_token, login.access_token)
      const third = await client.refresh(second.refresh_token)
      const userinfo = () => client.userinfo({ ...third, claims: () => ({ sub }) })
      assert.equal((await userinfo()).sub, sub)

      await assert.rejects(client.refresh(first), { error: 'invalid_grant' })
      await assert.rejects(client.refresh(third.refresh_token), { error: 'invalid_grant' }, 'the newest is dead too')
      await assert.rejects(userinfo(), 'and so is the access token')
    })

    test('Authlib, a public client, signs in, refreshes and reads userinfo', async (t) => {
      const client = await startAuthlibClient({
        issuer: house.origin,
        clientId: 'notes',
        scope: 'openid profile email offline_access',
        port: authlib.port,
      })
      t.after(() => client.stop())
      const tia = await arrives(t, 'authlib')
      await tia.goto(`${client.loginUri}?provider-hint=campus`)
      await signInUpstream(tia.page, accounts.tia)
      const claims = await learns(tia, client.origin)
      assert.match(claims.sub, /^usr_/)
      assert.equal((await client.userinfo()).email, 'tia@example.org')
      const refreshed = await client.refresh()
      assert.equal(refreshed.token_type, 'Bearer')
      assert.equal(refreshed.rotated, true)
      assert.equal((await client.userinfo()).sub, claims.sub)
    })

    test('the log holds no secret', async () => {
      await until('all mail to have left', async () => house.mails.messages.length >= 3)
      const log = house.braid.log()
      for (const secret of ['marker-', house.client.tokens.refresh_token, house.client.tokens.access_token]) {
        assert.equal(log.includes(secret), false, 'the log has no secret')
      }
    })
  })
}
