// Forgotten passwords and addresses in a browser: each step by a mail over SMTP, and nobody's past survives it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { openHouse } from './lib/house.mjs'
import { visitor } from './lib/visitor.mjs'

const [OLD, NEW] = ['marker-password-old', 'marker-password-new']

describe('passwords and addresses', () => {
  let browser
  let house

  before(async () => {
    browser = await startBrowser()
    house = await openHouse()
  })
  after(async () => {
    await browser?.stop()
    await house?.close()
  })

  async function arrives(t, album) {
    const person = await visitor(browser, { album: `addresses-${album}` })
    t.after(() => person.close())
    return person
  }

  async function signsIn(person, username, password, query = '') {
    await person.goto(`${house.client.loginUri}${query}`)
    await person.fill('Username or mail address', username)
    await person.fill('Password', password)
    await person.press('Sign in')
  }

  async function learns(person) {
    await person.reaches(`${house.client.origin}/callback?**`)
    return (await person.document()).claims
  }

  test('a forgotten password is set anew by mail, and whoever was signed in is out', async (t) => {
    const account = await house.account({ email: 'rita@example.org', password: OLD })
    const elsewhere = await arrives(t, 'elsewhere')
    await signsIn(elsewhere, account.username, OLD)
    await learns(elsewhere)

    const rita = await arrives(t, 'recovery')
    await rita.goto(house.client.loginUri)
    await rita.sees('Sign in')
    await rita.press('Forgot your password?')
    await rita.sees('Forgot your password?')
    await rita.fill('Username or mail address', 'rita@example.org')
    await rita.press('Send the mail')
    await rita.sees('Check your mail')
    await rita.goto((await house.mails.latestTo('rita@example.org')).links[0])
    await rita.sees('Is this you?')
    await rita.press('Yes, choose a password')
    await rita.sees('Choose a new password')
    await rita.fill('New password', NEW)
    await rita.press('Set the password')
    assert.equal((await learns(rita)).sub, account.subject)

    await elsewhere.goto(house.client.loginUri)
    await elsewhere.sees('Sign in')
    await elsewhere.fill('Username or mail address', account.username)
    await elsewhere.fill('Password', OLD)
    await elsewhere.press('Sign in')
    assert.match(await elsewhere.summary(), /don't fit together/)
  })

  test('for an address that nobody has, the page is the same and no mail goes out', async (t) => {
    const nobody = await arrives(t, 'nobody')
    await nobody.goto(house.client.loginUri)
    await nobody.press('Forgot your password?')
    await nobody.fill('Username or mail address', 'nobody@example.org')
    await nobody.press('Send the mail')
    await nobody.sees('Check your mail')
    assert.equal(house.mails.to('nobody@example.org').length, 0)
  })

  test('an account gets another address once its mail was opened, and the old address is told', async (t) => {
    const account = await house.account({ email: 'mona@example.org', password: OLD })
    const mona = await arrives(t, 'change')
    await signsIn(mona, account.username, OLD, '?braid_action=change-address')
    await mona.sees('Change your mail address')
    await mona.fill('New mail address', 'mona@new.example')
    await mona.press('Send a mail there')
    await mona.sees('Check your mail')
    await mona.goto((await house.mails.latestTo('mona@new.example')).links[0])
    await mona.sees('Is this you?')
    await mona.press('Yes, this is my address')
    const { sub, email, email_verified } = await learns(mona)
    assert.deepEqual([sub, email, email_verified], [account.subject, 'mona@new.example', true])
    await house.mails.latestTo('mona@example.org')
  })

  test('who registered proves the address', async (t) => {
    const otto = await arrives(t, 'verify')
    await otto.goto(`${house.client.loginUri}?prompt=create`)
    await otto.fill('Username', 'otto')
    await otto.fill('Mail address', 'otto@example.org')
    await otto.fill('Password', OLD)
    await otto.press('Create account')
    assert.equal((await learns(otto)).email_verified, false)
    await otto.goto(`${house.client.loginUri}?kc_action=VERIFY_EMAIL`)
    await otto.sees('Check your mail')
    await otto.goto((await house.mails.latestTo('otto@example.org')).links[0])
    await otto.press('Yes, this is my address')
    assert.equal((await learns(otto)).email_verified, true)
  })
})
