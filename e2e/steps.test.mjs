// What comes after a login at a provider: terms, missing details, and a no in the flow's own words. In a browser, on both databases.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { comesThrough, learns, openStreet } from './lib/street.mjs'
import { visitor } from './lib/visitor.mjs'

const AFTER = `
flow: after-source
executions:
  - flow: strangers
    when: { not: { identity.domain: example.org } }
    executions:
      - deny: { message: "Only people of example.org come in here.\\nWrite to help@example.org." }
  - terms: { version: "2026", document: Whoever borrows a book brings it back. }
  - complete-profile: { ask: [family-name] }
`

const accounts = {
  ada: { sub: 'ada', email: 'ada@example.org', email_verified: true, given_name: 'Ada' },
  bob: { sub: 'bob', email: 'bob@elsewhere.example', email_verified: true, given_name: 'Bob' },
}

for (const database of ['sqlite', 'postgres']) {
  describe(`after a login at a provider, on ${database}`, () => {
    let browser
    let house
    let folder

    before(async () => {
      browser = await startBrowser()
      folder = await mkdtemp(path.join(tmpdir(), 'braid-flows-'))
      await writeFile(path.join(folder, 'after-source.yaml'), AFTER)
      house = await openStreet({
        database,
        upstreams: { source: { accounts, aliases: { source: { 'trust-email': true, 'post-login-flow': 'after-source' } } } },
        flows: folder,
      })
    })
    after(async () => {
      await browser?.stop()
      await house?.close()
      await rm(folder, { recursive: true, force: true })
    })

    async function comes(t, account) {
      const person = await visitor(browser, { album: `steps-${database}` })
      t.after(() => person.close())
      await comesThrough(person, house, 'source', account)
      return person
    }

    test('somebody new refuses the terms, comes again, accepts them and says what is missing', async (t) => {
      const first = await comes(t, accounts.ada)
      await first.sees(/^Please read the terms of /)
      assert.match(await first.text(), /Whoever borrows a book brings it back\./)
      await first.press("I don't accept them")
      await first.sees("You didn't accept the terms")

      const again = await comes(t, accounts.ada)
      await again.sees(/^Please read the terms of /)
      await again.press('I accept the terms')
      await again.sees('Complete your details')
      await again.fill('Family name', 'Lovelace')
      await again.press('Continue')
      const { sub, family_name: name } = await learns(again, house)
      assert.equal(name, 'Lovelace')

      const later = await comes(t, accounts.ada)
      assert.equal((await learns(later, house)).sub, sub, 'nobody is asked twice')
    })

    test('who doesn’t belong there reads the operator’s own words', async (t) => {
      const person = await comes(t, accounts.bob)
      await person.sees("You can't sign in here")
      assert.match(await person.text(), /Only people of example\.org come in here\.\s+Write to help@example\.org\./)
    })
  })
}
