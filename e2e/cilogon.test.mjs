// One federation, many homes: CILogon and its kind show one provider behind which a person has several identities. None of them is in the
// way of another, each opens the account, and each can be taken off again.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { postgres } from './lib/settings.mjs'
import { comesThrough, learns, openStreet } from './lib/street.mjs'
import { visitor } from './lib/visitor.mjs'

const CAMPUS = 'https://idp.campus.example'
const SEARCH = 'https://accounts.search.example'
const TRUSTED = { 'trust-email': true, 'first-login-flow': 'first-broker-login-auto-link' }

/** One person with two identities behind the federation: the same address, two subjects. */
const homes = (name) => ({
  campus: { sub: `http://cilogon.example/users/${name}-1`, email: `${name}@campus.example`, email_verified: true, idp: CAMPUS },
  search: { sub: `http://cilogon.example/users/${name}-2`, email: `${name}@campus.example`, email_verified: true, idp: SEARCH },
})

for (const database of ['sqlite', 'postgres']) {
  describe(`one federation, many homes, on ${database}`, { skip: database === 'postgres' && !postgres && 'BRAID_TEST_POSTGRES is not set' }, () => {
    let browser
    let house
    const people = Object.fromEntries(['ana', 'ben', 'cleo', 'dan', 'eli'].map((name) => [name, homes(name)]))

    before(async () => {
      browser = await startBrowser()
      const accounts = Object.fromEntries(
        Object.entries(people).flatMap(([name, { campus, search }]) => [[`${name}-campus`, campus], [`${name}-search`, search]]),
      )
      house = await openStreet({
        database,
        upstreams: {
          federation: {
            accounts,
            aliases: {
              cilogon: TRUSTED,
              asking: { ...TRUSTED, 'on-existing-link': 'ask' },
              refusing: { ...TRUSTED, 'on-existing-link': 'deny' },
              replacing: { ...TRUSTED, 'on-existing-link': 'replace' },
              keyed: {
                'authority-claim': 'idp',
                authorities: { [CAMPUS]: { 'trust-email': ['campus.example'] }, [SEARCH]: { 'trust-email': false } },
                'first-login-flow': 'first-broker-login-auto-link',
              },
            },
          },
        },
      })
    })
    after(async () => {
      await browser?.stop()
      await house?.close()
    })

    async function arrives(t, album) {
      const person = await visitor(browser, { album: `cilogon-${database}-${album}` })
      t.after(() => person.close())
      return person
    }

    /** Signs in with an empty browser and gives the subject. */
    async function signsIn(t, alias, account) {
      const person = await arrives(t, 'again')
      await comesThrough(person, house, alias, account)
      return (await learns(person, house)).sub
    }

    test('the same address under a second subject: both are recorded, both work, and either can be removed', async (t) => {
      const { campus, search } = people.ana
      const subject = await signsIn(t, 'cilogon', campus)
      assert.equal(await signsIn(t, 'cilogon', search), subject, 'the second identity opens the same account')
      assert.equal(await signsIn(t, 'cilogon', campus), subject)
      assert.equal(await signsIn(t, 'cilogon', search), subject)
      const identities = await house.identities(subject)
      assert.deepEqual(identities.map(({ id }) => id).sort(), [campus.sub, search.sub].sort())
      assert.ok(identities.every(({ provider }) => provider === 'cilogon'))

      for (const [gone, stays] of [[campus, search], [search, campus]]) {
        const found = (await house.identities(subject)).find(({ id }) => id === gone.sub)
        await house.command('identity', 'unlink', subject, found.identity_id, '--reason', 'left the campus')
        assert.deepEqual((await house.identities(subject)).map(({ id }) => id), [stays.sub])
        assert.equal(await signsIn(t, 'cilogon', stays), subject, 'the other one still works')
        assert.equal(await signsIn(t, 'cilogon', gone), subject, 'and the removed one is linked anew, by the address that both bring')
      }
    })

    test('where the provider asks, the person is told that it is one more, and decides', async (t) => {
      const { campus, search } = people.ben
      const subject = await signsIn(t, 'asking', campus)
      const ben = await arrives(t, 'ask')
      await comesThrough(ben, house, 'asking', search)
      assert.match(await ben.text(), /is linked to .* already\. If you go on, .* is added to it/)
      await ben.sees(await ben.heading())
      assert.equal((await house.identities(subject)).length, 1, 'a question links nothing')
      await ben.press('Yes, it is mine: link')
      await ben.sees('Check your mail')
      await ben.goto((await house.mails.latestTo(campus.email)).links[0])
      await ben.press('Yes, link them')
      assert.equal((await learns(ben, house)).sub, subject)
      assert.equal((await house.identities(subject)).length, 2)
    })

    test('where the provider refuses, the person is told before doing anything', async (t) => {
      const { campus, search } = people.cleo
      const subject = await signsIn(t, 'refusing', campus)
      const cleo = await arrives(t, 'deny')
      await comesThrough(cleo, house, 'refusing', search)
      await cleo.sees(await cleo.heading())
      assert.match(await cleo.text(), /Refusing/)
      assert.equal((await house.identities(subject)).length, 1)
      assert.equal(house.mails.to(campus.email).length, 0)
    })

    test('where the provider replaces, the new identity takes the place of the old one', async (t) => {
      const { campus, search } = people.dan
      const subject = await signsIn(t, 'replacing', campus)
      assert.equal(await signsIn(t, 'replacing', search), subject)
      assert.deepEqual((await house.identities(subject)).map(({ id }) => id), [search.sub])
    })

    test('with the authority in the key, each home is trusted with its own', async (t) => {
      const { campus, search } = people.eli
      const subject = await signsIn(t, 'keyed', campus)
      const eli = await arrives(t, 'authority')
      await comesThrough(eli, house, 'keyed', search)
      assert.ok(eli.page.url().startsWith(house.origin), 'nobody vouches for the address there, so the person proves the account')
      await eli.sees(await eli.heading())
      assert.equal((await house.identities(subject)).length, 1)
    })
  })
}
