// Account linking as an identity broker promises it: one canonical subject, rules in the order of their priority, administrators who link and
// unlink by hand, and a trail of all of it.

import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startBrowser } from './lib/browser.mjs'
import { comesThrough, learns, openStreet } from './lib/street.mjs'
import { visitor } from './lib/visitor.mjs'

const PASSWORD = 'marker-password-of-somebody'
const TRUSTED = { 'trust-email': true, 'first-login-flow': 'first-broker-login-by-rule' }
const identity = (name, more = {}) => ({ sub: name, email: `${name}@example.org`, email_verified: true, ...more })

const google = {
  ann: identity('ann'),
  bob: identity('bob', { email: 'bob@corp.example' }),
  cat: identity('cat', { upn: 'E1234@corp.example', email: 'cat.somewhere@mail.example' }),
  dot: identity('dot', { groups: ['staff'] }),
  eva: identity('eva', { groups: ['guests'] }),
  fin: identity('fin'),
  gus: identity('gus'),
}
const microsoft = { ann: identity('ann-there', { email: 'ann@example.org' }), gus: identity('gus-there', { email: 'gus@example.org' }) }

const rule = (name, priority, match, more = {}) => ({ name, priority, match, 'auto-link': true, ...more })

describe('account linking', () => {
  let browser
  let house

  before(async () => {
    browser = await startBrowser()
    const claims = { claims: { attributes: { upn: 'upn', groups: 'groups' } } }
    house = await openStreet({
      upstreams: {
        search: { accounts: google, aliases: { google: { ...TRUSTED, ...claims, 'hands-out': ['upn'] } } },
        office: { accounts: microsoft, aliases: { microsoft: TRUSTED } },
      },
      realm: {
        'linking-rules': [
          rule('staff-only', 5, { custom: { expression: "'staff' in claims.groups && account.email_proved", 'find-by': { claim: 'email', account: 'email' } } }, { providers: ['google'] }),
          rule('corp', 10, { domain: ['corp.example'] }),
          rule('employee', 20, { regex: { claim: 'upn', pattern: '(?<value>E\\d+)@corp\\.example', account: 'employee-id' } }, { providers: ['google'], 'require-verified': false }),
          rule('address', 30, { exact: { claim: 'email', account: 'email' } }),
        ],
      },
    })
  })
  after(async () => {
    await browser?.stop()
    await house?.close()
  })

  async function comes(t, alias, account) {
    const person = await visitor(browser, { album: `broker-${alias}` })
    t.after(() => person.close())
    await comesThrough(person, house, alias, account)
    return person
  }
  const signsIn = async (t, alias, account) => learns(await comes(t, alias, account), house)
  const why = async (subject) => (await house.command('link', 'why', subject)).stdout
  const audit = (kind) => house.rows(`SELECT * FROM audit WHERE kind = '${kind}'`)

  test('canonical subject: one person, two providers, one subject in every token', async (t) => {
    const { sub } = await signsIn(t, 'google', google.ann)
    assert.match(sub, /^usr_/)
    assert.equal((await signsIn(t, 'microsoft', microsoft.ann)).sub, sub)
    const identities = await house.identities(sub)
    assert.deepEqual(identities.map(({ provider }) => provider), ['google', 'microsoft'])
    for (const key of ['id', 'user_id', 'identity_id', 'provider', 'identity_data', 'created_at', 'last_sign_in_at', 'updated_at']) {
      assert.ok(identities.every((one) => key in one), key)
    }
    assert.match(await why(sub), /address/, 'the rule that decided')
  })

  test('match type EXACT, with verification on both sides', async (t) => {
    const owner = await house.account({ email: google.fin.email, password: PASSWORD })
    google.fin.email_verified = false
    const person = await comes(t, 'google', google.fin)
    assert.ok(!person.page.url().startsWith(house.client.origin) || (await learns(person, house)).sub !== owner.subject)
    assert.equal((await house.identities(owner.subject)).length, 0)
    google.fin.email_verified = true
  })

  test('match type DOMAIN guards; the whole address finds', async (t) => {
    const owner = await house.account({ email: 'bob@corp.example', password: PASSWORD })
    await house.account({ email: 'other@corp.example', password: PASSWORD })
    assert.equal((await signsIn(t, 'google', google.bob)).sub, owner.subject)
    assert.match(await why(owner.subject), /corp/)
  })

  test('match type REGEX finds by what it catches; only a proof links', async (t) => {
    const owner = await house.account({ email: 'cat@corp.example', password: PASSWORD })
    await house.command('user', 'attribute', owner.subject, 'employee-id', 'E1234', '--reason', 'from the personnel file')
    const person = await comes(t, 'google', google.cat)
    if (person.page.url().startsWith(house.client.origin)) assert.equal((await learns(person, house)).sub, owner.subject)
    else await person.sees(await person.heading())
  })

  test('match type CUSTOM weighs several claims; a lower number goes first', async (t) => {
    const staff = await house.account({ email: google.dot.email, password: PASSWORD })
    assert.equal((await signsIn(t, 'google', google.dot)).sub, staff.subject)
    assert.match(await why(staff.subject), /staff-only/)
    const guest = await house.account({ email: google.eva.email, password: PASSWORD })
    assert.equal((await signsIn(t, 'google', google.eva)).sub, guest.subject)
    assert.match(await why(guest.subject), /address/)
  })

  test('explain tells on sample claims what would be decided, and writes nothing', async () => {
    const owner = await house.account({ email: 'sample@corp.example', password: PASSWORD })
    const file = path.join(house.braid.folder, 'claims.json')
    await writeFile(file, JSON.stringify({ sub: 'sample', email: 'sample@corp.example', email_verified: true }))
    const { stdout } = await house.command('link', 'explain', '--provider', 'google', '--claims', file)
    assert.match(stdout, /corp/)
    assert.equal((await house.identities(owner.subject)).length, 0)
  })

  test('by hand: link, set primary, unlink, never the last way in; all of it is on the trail', async (t) => {
    const { sub } = await signsIn(t, 'google', google.gus)
    const reason = ['--reason', 'asked by phone']
    await house.command('identity', 'link', sub, '--provider', 'microsoft', '--subject', microsoft.gus.sub, '--label', 'gus', ...reason)
    assert.equal((await signsIn(t, 'microsoft', microsoft.gus)).sub, sub)
    const [first, second] = await house.identities(sub)
    await house.command('identity', 'primary', sub, second.identity_id, ...reason)
    assert.equal((await house.identities(sub))[0].identity_id, second.identity_id)
    await house.command('identity', 'unlink', sub, first.identity_id, ...reason)
    await assert.rejects(house.command('identity', 'unlink', sub, second.identity_id, ...reason), /last/i)
    assert.deepEqual((await house.identities(sub)).map(({ identity_id }) => identity_id), [second.identity_id])
    for (const kind of ['identity-linked', 'identity-unlinked', 'primary-changed']) assert.ok((await audit(kind)).length > 0, kind)
  })
})
