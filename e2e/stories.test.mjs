// Every story of the demo's tour, as the tour tells it: with JavaScript and, by the same functions, without.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { openDemo } from './lib/demo.mjs'
import { headings, visitor } from './lib/visitor.mjs'

let browser

before(async () => {
  browser = await startBrowser()
})
after(() => browser?.stop())

for (const javaScript of [true, false]) {
  const mode = javaScript ? 'with JavaScript' : 'without JavaScript'
  describe(mode, () => {
    let demo
    let other

    before(async () => {
      ;[demo, other] = await Promise.all([openDemo(), openDemo()])
    })
    after(() => Promise.all([demo?.stop(), other?.stop()]))

    /** Somebody with an empty browser. */
    async function arrives(t, album) {
      const person = await visitor(browser, { album: `stories-${javaScript ? '' : 'plain-'}${album}`, javaScript })
      t.after(() => person.close())
      return person
    }

    test('someone new', async (t) => {
      const { start, at } = demo.story('Someone new')
      const ada = await arrives(t, 'new')
      await ada.goto(demo.application)
      await ada.sees('You are not signed in here', { ofDemo: true })
      await ada.press('Sign in')
      await ada.sees('Sign in')
      await ada.goto(start)
      await signsIn(ada, at.Campus)
      await isGreeted(ada, 'Ada Lovelace')
      const { sub, email, amr } = await learned(ada)
      assert.match(sub, /^usr_/)
      assert.equal(email, 'ada@campus.example')
      assert.equal(amr, 'fed')
      assert.equal((await linksOf(demo, sub)).length, 1)
    })

    test('the same address, proved by mail in the same browser', async (t) => {
      const { start, at } = demo.story('The same address, proved by mail')
      const grace = await arrives(t, 'mail')
      const [{ subject }] = await accounts(demo, 'grace')
      const link = await asksForTheMail(grace, demo, start, at.Campus)
      await grace.goto(link)
      await grace.sees('Is this you?')
      assert.deepEqual(await linksOf(demo, subject), [], 'looking changes nothing')
      await grace.press('Yes, link them')
      await isGreeted(grace, 'Grace Hopper')
      assert.equal((await learned(grace)).sub, subject)
      assert.equal((await linksOf(demo, subject)).length, 1)
      await demo.mailTo('grace@campus.example', 'new way to sign in')
    })

    test('the same address, proved by mail, with the mail opened in another browser', async (t) => {
      const { start, at } = other.story('The same address, proved by mail')
      const grace = await arrives(t, 'mail-elsewhere')
      const [{ subject }] = await accounts(other, 'grace')
      const link = await asksForTheMail(grace, other, start, at.Campus)

      const phone = await arrives(t, 'mail-elsewhere-phone')
      await phone.goto(link)
      await phone.sees('Your code')
      assert.equal(await phone.page.locator('main button, main form, main a').count(), 0, 'there is nothing to press there')
      const code = await phone.page.locator('.code').innerText()

      await grace.fill('Code from the other device', wrong(code))
      await grace.press('Continue')
      await grace.sees('Check your mail', { as: 'wrong-code' })
      assert.match(await grace.summary(), /isn't the code/)
      await grace.fill('Code from the other device', code)
      await grace.press('Continue')
      await isGreeted(grace, 'Grace Hopper')
      assert.equal((await learned(grace)).sub, subject)
      await phone.reload()
      await phone.sees("This link doesn't work any more", { status: 410 })
    })

    test('the same address, proved by password', async (t) => {
      const { start, at, text } = demo.story('The same address, proved by password')
      const [, password] = text.match(/That account's password is (\S+)\. /)
      const alan = await arrives(t, 'password')
      const [{ subject }] = await accounts(demo, 'alan')
      await alan.goto(start)
      await signsIn(alan, at.Campus)
      await alan.sees(/already exists/)
      await alan.press('Yes, it is mine: link')
      await alan.press("Use the account's password")
      await alan.sees('Show that the account is yours')
      await alan.fill('Password of that account', at.Campus.password)
      await alan.press('Link')
      await alan.sees('Show that the account is yours', { as: 'wrong-password' })
      assert.match(await alan.summary(), /The password isn't right/)
      await alan.fill('Password of that account', password)
      await alan.press('Link')
      await isGreeted(alan, 'Alan Turing')
      assert.equal((await learned(alan)).sub, subject)
    })

    test('a trusted provider, linked without a question', async (t) => {
      const { start, at } = demo.story('A trusted provider, linked without a question')
      const hedy = await arrives(t, 'trusted')
      const [{ subject }] = await accounts(demo, 'hedy')
      await hedy.goto(start)
      await signsIn(hedy, at.Campus)
      await isGreeted(hedy, 'Hedy Lamarr')
      assert.deepEqual(
        hedy.shown.filter(({ url }) => url.startsWith(`${demo.origin}/`)),
        [],
        'the broker asked nothing',
      )
      assert.equal((await learned(hedy)).sub, subject)
      const mail = await demo.mailTo('hedy@campus.example', 'new way to sign in')
      await hedy.goto(mail)
      await hedy.sees(/new way to sign in/i, { ofDemo: true })
    })

    test('the same person again, no questions', async (t) => {
      const { start, at } = demo.story('Someone new')
      const [{ subject }] = await accounts(demo, 'ada')
      const ada = await arrives(t, 'again')
      await ada.goto(start)
      await signsIn(ada, at.Campus)
      await isGreeted(ada, 'Ada Lovelace')
      assert.equal((await learned(ada)).sub, subject)
      ada.shown.length = 0
      await ada.goto(demo.story('The same person again').start)
      await isGreeted(ada, 'Ada Lovelace')
      assert.equal((await learned(ada)).sub, subject)
      assert.deepEqual(ada.shown.map(({ url }) => url), [`${demo.application}/`], 'no page at all')
    })

    test('the attacker who claims your address gets nowhere', async (t) => {
      const { start, at } = demo.story('The attacker who claims your address')
      const [{ subject }] = await accounts(demo, 'katherine')
      const mallory = await arrives(t, 'attacker')
      const link = await asksForTheMail(mallory, demo, start, at.Social)

      // Her own browser gets no code, so she guesses, and guesses passwords.
      await mallory.fill('Code from the other device', '123 456')
      await mallory.press('Continue')
      await mallory.sees('Check your mail', { as: 'guessed-code' })
      await mallory.press("Use the account's password")
      for (const guess of [at.Social.password, 'katherine', 'password']) {
        await mallory.fill('Password of your account', guess)
        await mallory.press('Link')
        await mallory.sees('Show us who you are', { as: 'guessed-password' })
        assert.match(await mallory.summary(), /The password isn't right/)
      }
      await mallory.press('Get a mail at its address')
      await mallory.sees('Check your mail')

      // The victim opens the mail and presses what there is; so does her mail scanner.
      const katherine = await arrives(t, 'victim')
      await katherine.goto(link)
      await katherine.sees('Your code')
      assert.match(await katherine.text(), /mallory|katherine@campus\.example/, 'she sees who asks')
      for (const button of await katherine.page.locator('main button, main a').all()) await button.click()
      const scanner = await fetch(link, { method: 'POST', body: new URLSearchParams({ action: 'continue' }) })
      assert.equal(scanner.status, 200)
      assert.match(await scanner.text(), /Your code/)

      await mallory.reload()
      await mallory.sees('Check your mail', { as: 'still-waiting' })
      await mallory.press('Back to Demo application')
      await mallory.sees('You are not signed in', { ofDemo: true })
      await mallory.goto(demo.application)
      await mallory.sees('You are not signed in here', { ofDemo: true })
      assert.deepEqual(await linksOf(demo, subject), [])
      assert.deepEqual(await demo.rows("SELECT id FROM linked_identities WHERE provider = 'social'"), [])

      await katherine.goto(`${demo.application}/login`)
      await signsIn(katherine, { username: 'katherine', password: 'demo-katherine' })
      await isGreeted(katherine, 'Katherine Johnson')
      assert.equal((await learned(katherine)).sub, subject)
    })

    test('nothing went wrong that the log knows of', () => {
      for (const { braid } of [demo, other]) {
        // The application says when somebody came back without signing in: Mallory did.
        const lines = braid.log().split('\n').filter((line) => !line.includes('demo::application'))
        assert.doesNotMatch(lines.join('\n'), /"level":"(WARN|ERROR)"|panicked/)
      }
    })
  })
}

test('every page that was seen without JavaScript was also checked by axe', () => {
  assert.ok(headings.plain.size >= 6)
  assert.deepEqual([...headings.plain].filter((heading) => !headings.checked.has(heading)), [])
})

/** Signs in at the page of Braid that is shown. */
async function signsIn(person, { username, password }) {
  await person.fill('Username or mail address', username)
  await person.fill('Password', password)
  await person.press('Sign in')
}

/** Signs in at a provider, says that the account is theirs, and gives the link of the mail that comes of it. */
async function asksForTheMail(person, demo, start, who) {
  await person.goto(start)
  await signsIn(person, who)
  // Social doesn't vouch for Mallory's address, so she isn't told that there is an account.
  const isVouchedFor = who.username !== 'mallory'
  await person.sees(isVouchedFor ? /already exists/ : 'Show us who you are')
  await person.press(isVouchedFor ? 'Yes, it is mine: link' : 'Go on')
  await person.sees('Check your mail')
  const address = who.username === 'mallory' ? 'katherine@campus.example' : `${who.username}@campus.example`
  const mail = await demo.mailTo(address, 'Is this you')
  const reader = await person.person.newPage()
  await reader.goto(mail)
  const link = await reader.locator('pre a').getAttribute('href')
  await reader.close()
  assert.ok(link.startsWith(`${demo.origin}/mail/`), link)
  return link
}

async function isGreeted(person, name) {
  await person.sees(`Hello, ${name}`, { ofDemo: true })
}

/** The claims of the ID token, as the application shows them. */
async function learned(person) {
  const rows = await person.page.locator('table').first().locator('tr').all()
  const texts = rows.map(async (row) => [await row.locator('th').innerText(), await row.locator('td').first().innerText()])
  return Object.fromEntries(await Promise.all(texts))
}

const accounts = (demo, username) =>
  demo.rows(`SELECT subject FROM users WHERE realm = 'demo' AND (username = '${username}' OR email = '${username}@campus.example')`)

const linksOf = (demo, subject) =>
  demo.rows(`SELECT provider FROM linked_identities AS link JOIN users ON users.id = link.user_id WHERE users.subject = '${subject}'`)

/** A code like this one that isn't. */
const wrong = (code) => code.replace(/\d/, (digit) => (Number(digit) + 1) % 10)
