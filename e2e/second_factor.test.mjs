// The second factor in a browser, with a phone that was not written here: set up from the picture on the page, asked for after a password,
// after a provider and before a link, replaced, and taken away by an administrator.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { runBraid } from './lib/braid.mjs'
import { startBrowser } from './lib/browser.mjs'
import { openHouse } from './lib/house.mjs'
import { phone, photographs } from './lib/phone.mjs'
import { postgres } from './lib/settings.mjs'
import { signInUpstream } from './lib/upstream.mjs'
import { visitor } from './lib/visitor.mjs'

const PASSWORD = 'marker-password-of-ida'
const ASKS = 'Enter a code from your authenticator app'
const SETS_UP = 'Set up an authenticator app'
const LABEL = 'Code from the app'

const accounts = {
  ida: { sub: 'ida-at-campus', email: 'ida@example.org', email_verified: true, given_name: 'Ida', family_name: 'Berg' },
  una: { sub: 'una-at-campus', email: 'una@example.org', email_verified: true, given_name: 'Una', family_name: 'Falk' },
}

for (const database of ['sqlite', 'postgres']) {
  describe(`a second factor on ${database}`, { skip: database === 'postgres' && !postgres && 'BRAID_TEST_POSTGRES is not set' }, () => {
    let browser
    let house

    before(async () => {
      browser = await startBrowser()
      house = await openHouse({ database, accounts })
    })
    after(async () => {
      await browser?.stop()
      await house?.close()
    })

    async function arrives(t, album, options = {}) {
      const person = await visitor(browser, { album: `second-factor-${database}-${album}`, ...options })
      t.after(() => person.close())
      return person
    }

    async function signsIn(person, username, query = '') {
      await person.goto(`${house.client.loginUri}${query}`)
      await person.fill('Username or mail address', username)
      await person.fill('Password', PASSWORD)
      await person.press('Sign in')
    }

    async function types(person, code) {
      await person.fill(LABEL, code)
      await person.press('Continue')
    }

    async function learns(person) {
      await person.reaches(`${house.client.origin}/callback?**`)
      const { claims, ...trouble } = await person.document()
      assert.ok(claims, JSON.stringify(trouble))
      return claims
    }

    /** Somebody with an account sets up a phone. */
    async function setsUp(t, name, album, options) {
      const account = await house.account({ email: `${name}@example.org`, password: PASSWORD })
      const person = await arrives(t, album, options)
      await signsIn(person, account.username, '?braid_action=second-factor')
      await person.sees(SETS_UP)
      const own = await photographs(person.page)
      await types(person, own.code())
      assert.equal((await learns(person)).sub, account.subject)
      return { account, person, own }
    }

    test('it is set up from the picture, and asked for from then on', async (t) => {
      const account = await house.account({ email: 'ada@example.org', password: PASSWORD })
      const elsewhere = await arrives(t, 'elsewhere')
      await signsIn(elsewhere, account.username)
      assert.deepEqual((await learns(elsewhere)).amr, ['pwd'])

      const ada = await arrives(t, 'enrol')
      await signsIn(ada, account.username, '?braid_action=second-factor')
      await ada.sees(SETS_UP)
      const own = await photographs(ada.page)
      assert.equal(own.issuer, 'Example')
      assert.equal(own.account, account.username)
      assert.equal(await ada.page.getByRole('link', { name: 'open it on this device' }).getAttribute('href'), own.address)
      const key = new URL(own.address).searchParams.get('secret')
      await ada.page.getByText('Type the key instead').click()
      assert.equal((await ada.page.locator('.key').innerText()).replaceAll(' ', ''), key, 'whoever types it gets the same')

      await types(ada, own.wrongCode())
      await ada.sees(SETS_UP, { as: 'set-up-wrong' })
      assert.match(await ada.summary(), /isn't the code that your app shows now/)
      assert.equal((await photographs(ada.page)).address, own.address, 'the phone need not be set up again')
      await types(ada, own.code())
      const { sub, amr } = await learns(ada)
      assert.equal(sub, account.subject)
      assert.deepEqual(amr.sort(), ['mfa', 'otp', 'pwd'])
      const mail = await house.mails.latestTo('ada@example.org')
      assert.match(mail.subject, /second factor/)
      assert.ok(!mail.raw.includes(key), 'the key is in no mail')
      assert.ok(!house.braid.log().includes(key), 'and in no log')

      await elsewhere.goto(house.client.loginUri)
      await elsewhere.sees('Sign in')
      await signsIn(elsewhere, account.username)
      await elsewhere.sees(ASKS)
      assert.equal(await elsewhere.page.evaluate(() => document.activeElement.id), 'code', 'it can be typed at once')
      await types(elsewhere, '12345')
      await elsewhere.sees(ASKS, { as: 'code-wrong' })
      await types(elsewhere, own.code())
      assert.equal((await learns(elsewhere)).sub, account.subject)

      await elsewhere.goto(house.client.loginUri)
      assert.deepEqual((await learns(elsewhere)).amr.sort(), ['mfa', 'otp', 'pwd'], 'the session has shown it')
    })

    test('an identity is linked after the account was proved and its phone was at hand', async (t) => {
      const { account, own } = await setsUp(t, 'ida', 'link-enrol')
      const ida = await arrives(t, 'link')
      await ida.goto(`${house.client.loginUri}?provider-hint=campus`)
      await signInUpstream(ida.page, accounts.ida)
      await ida.sees(/already exists/)
      await ida.press('Yes, it is mine: link')
      await ida.sees('Check your mail')
      await ida.press("Use the account's password")
      await ida.fill('Password of that account', PASSWORD)
      await ida.press('Link')
      await ida.sees(ASKS)
      assert.deepEqual(await house.links(account.subject), [], 'the password alone links nothing')
      await types(ida, own.code())
      assert.equal((await learns(ida)).sub, account.subject)
      assert.equal((await house.links(account.subject)).length, 1)
    })

    test('whoever comes from a provider sets one up, and replaces it with another', async (t) => {
      const una = await arrives(t, 'provider')
      const begins = async (query) => {
        await una.goto(`${house.client.loginUri}?provider-hint=campus${query}`)
        if (una.page.url().startsWith(house.upstream.issuer)) await signInUpstream(una.page, accounts.una)
      }
      await begins('')
      const { sub } = await learns(una)
      await begins('&kc_action=CONFIGURE_TOTP')
      await una.sees(SETS_UP)
      const first = await photographs(una.page)
      await types(una, first.code())
      assert.deepEqual((await learns(una)).amr.sort(), ['fed', 'otp'])

      await begins('&braid_action=second-factor')
      await una.sees(ASKS)
      await types(una, first.code())
      await una.sees(SETS_UP, { as: 'replace' })
      assert.match(await una.text(), /takes the place of the one/)
      const second = await photographs(una.page)
      assert.notEqual(second.address, first.address)
      await types(una, second.code())
      assert.equal((await learns(una)).sub, sub)
    })

    test('whoever has lost the phone asks an administrator', async (t) => {
      const { account, person } = await setsUp(t, 'eva', 'lost')
      const of = ['--config', 'braid.yaml', '--realm', 'main', account.subject]
      const head = async () => (await runBraid(['identity', 'list', ...of], { cwd: house.braid.folder })).stdout.split('\n')[0]
      assert.equal(await head(), `${account.username} (${account.subject}), with a second factor`)
      const args = ['user', 'remove-second-factor', ...of]
      const { stdout } = await runBraid([...args, '--reason', 'lost phone, seen in person'], { cwd: house.braid.folder })
      assert.match(stdout, /has no second factor any more/)
      assert.equal(await head(), `${account.username} (${account.subject})`)
      await person.goto(house.client.loginUri)
      await person.sees('Sign in', { as: 'signed-out' })
      await signsIn(person, account.username)
      assert.deepEqual((await learns(person)).amr, ['pwd'])
      const [record] = await house.rows(`SELECT detail FROM audit WHERE kind = 'second-factor-removed'`)
      assert.match(record.detail, /lost phone, seen in person/)
      await runBraid([...args, '--reason', 'again'], { cwd: house.braid.folder, code: 1 })
    })

    const looks = [
      ['narrow', { viewport: { width: 320, height: 640 } }],
      ['dark', { colorScheme: 'dark' }],
      ['plain', { javaScript: false }],
    ]
    for (const [look, options] of looks) {
      test(`its pages are ${look}`, async (t) => {
        const account = await house.account({ email: `${look}@example.org`, password: PASSWORD })
        const person = await arrives(t, look, options)
        await signsIn(person, account.username, '?braid_action=second-factor')
        await person.page.getByText('Type the key instead').click()
        await person.sees(SETS_UP)
        const own = await photographs(person.page)
        const overflow = await person.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        assert.ok(overflow <= 0, `${overflow} pixels too wide`)
        await types(person, own.code())
        await learns(person)
        await signsIn(person, account.username, '?prompt=login')
        await person.sees(ASKS)
        await types(person, phone(own.address).wrongCode())
        await person.sees(ASKS, { as: 'code-wrong' })
        await types(person, own.code())
        assert.equal((await learns(person)).sub, account.subject)
      })
    }
  })
}
