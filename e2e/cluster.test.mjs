// Two Braid processes on one PostgreSQL: any of them serves any request, and races have one winner.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startCluster } from './lib/cluster.mjs'
import { openHouse } from './lib/house.mjs'
import { heading, Walker } from './lib/http.mjs'
import { postgres } from './lib/settings.mjs'

const PASSWORD = 'a-password-for-tests-only'

describe('two nodes on one PostgreSQL', { skip: !postgres && 'BRAID_TEST_POSTGRES is not set' }, () => {
  let house

  before(async () => {
    house = await openHouse({
      database: 'postgres',
      start: startCluster,
      change: ({ realm }) => Object.assign(realm.limits, { 'passwords-per-account': 10, 'passwords-per-network': 10_000 }),
    })
  })
  after(() => house?.close())

  /** Makes an identity at the upstream. */
  function identity(name) {
    const account = { sub: `${name}-at-campus`, email: `${name}@example.org`, email_verified: true, given_name: 'Some', family_name: 'Body' }
    house.upstream.accounts[name] = account
    return account
  }

  /** Walks from the client to the upstream and signs in there; ends at Braid, or before it (`before`). */
  async function throughCampus(walker, account, options) {
    const login = await walker.go(`${house.client.loginUri}?provider-hint=campus`)
    const consent = await walker.submit(login, { login: account.sub, password: 'any' })
    return walker.submit(consent, {}, options)
  }

  const troubles = () => house.braid.log().split('\n').filter((line) => /"level":"(WARN|ERROR)"/.test(line)).slice(0, 5).join('\n')

  /** The claims that the client shows at the end. */
  function claims(page) {
    assert.ok(page.url.startsWith(`${house.client.origin}/callback`), `${page.url} ${page.status}: ${heading(page)}; ${page.text.match(/class="message.*/)}\n${troubles()}`)
    const { claims: found, ...trouble } = JSON.parse(page.text)
    assert.ok(found, JSON.stringify(trouble))
    return found
  }

  /** The upstream runs in this very process. Where that is too busy to answer in time, people press its button again. */
  async function finishes(walker, url) {
    const end = await walker.go(url)
    return /Campus can&#39;t be reached/.test(end.text) ? walker.submit(end, {}, { button: 'Continue with Campus' }) : end
  }

  const count = async (sql) => Number((await house.rows(`SELECT count(*) AS number FROM ${sql}`))[0].number)

  test('rel-1 50 parallel first logins of one identity make one user with one link, and all are signed in', async () => {
    const account = identity('crowd')
    const people = Array.from({ length: 50 }, () => new Walker())
    const arrived = await Promise.all(people.map((walker) => throughCampus(walker, account, { before: '/broker/campus/callback' })))
    assert.equal(await count('users'), 0)
    const before = [...house.braid.balancer.given]
    const ends = await Promise.all(arrived.map(({ url }, at) => finishes(people[at], url)))
    const subjects = new Set(ends.map((end) => claims(end).sub))
    assert.equal(subjects.size, 1)
    assert.equal(await count('users'), 1)
    assert.equal(await count('linked_identities'), 1)
    assert.ok(house.braid.balancer.given.every((given, node) => given >= before[node] && given > 0), 'both nodes took part')
  })

  test('a login that began on one node goes on at the other', async () => {
    const account = identity('wanderer')
    const known = await house.account({ email: account.email, password: PASSWORD })
    const walker = new Walker()
    await house.braid.balancer.pin(0)
    const question = await throughCampus(walker, account)
    assert.match(heading(question), /already exists/)
    await house.braid.balancer.pin(1)
    const mail = await walker.submit(question, {}, { button: 'Yes, it is mine: link' })
    await house.braid.balancer.pin(0)
    const password = await walker.submit(mail, {}, { button: 'Use the account&#39;s password' })
    await house.braid.balancer.pin(1)
    const end = await walker.submit(password, { password: PASSWORD }, { button: 'Link' })
    await house.braid.balancer.pin()
    assert.equal(claims(end).sub, known.subject)
  })

  test('rel-8 the same mail code 100 times in parallel works once, and nobody sees an error', async () => {
    const account = identity('impatient')
    const known = await house.account({ email: account.email, password: PASSWORD })
    const walker = new Walker()
    const question = await throughCampus(walker, account)
    const waiting = await walker.submit(question, {}, { button: 'Yes, it is mine: link' })
    const mail = await house.mails.latestTo(account.email)
    const elsewhere = await new Walker().go(mail.links[0])
    const [code] = elsewhere.text.match(/\d{4} ?\d{4}/)
    const tabs = Array.from({ length: 100 }, () => walker.clone())
    const ends = await Promise.all(tabs.map((tab) => tab.submit(waiting, { code }, { button: 'Continue', before: house.client.origin })))
    // A mail allows five tries, so some tabs were told to wait for one of the others. Loaded again, they follow it.
    assert.deepEqual(ends.filter(({ status = 200 }) => status !== 200), [])
    const settled = ends.map((end, at) => end.text === undefined ? end : tabs[at].go(end.url, { before: house.client.origin }))
    const arrived = await Promise.all(settled)
    assert.deepEqual(arrived.filter(({ url }) => !url.startsWith(house.client.origin)).map(heading), [])
    assert.equal(new Set(arrived.map(({ url }) => url)).size, 1, 'all have the same answer for the client')
    assert.equal(claims(await walker.go(arrived[0].url)).sub, known.subject)
    assert.equal((await house.links(known.subject)).length, 1)
  })

  test('200 parallel wrong passwords are tried no more often than the limit, over both nodes', async () => {
    const { username, subject } = await house.account({ password: PASSWORD })
    const attempt = async (password) => {
      const walker = new Walker()
      const login = await walker.go(house.client.loginUri)
      return [walker, login, { username, password }]
    }
    const ready = await Promise.all(Array.from({ length: 200 }, (_, at) => attempt(`wrong ${at}`)))
    const send = ([walker, login, fields]) => walker.submit(login, fields, { button: 'Sign in' })
    const ends = await Promise.all(ready.map(send))
    const saying = (text) => ends.filter((end) => end.status === 200 && end.text.includes(text)).length
    const [wrong, many] = [saying("password don&#39;t fit together"), saying('Too many tries')]
    assert.equal(wrong + many, 200, ends.map((end) => `${end.status} ${heading(end)}`).join('\n'))
    assert.ok(wrong >= 1 && wrong <= 10, `${wrong} were tried`)
    assert.match((await send(await attempt(PASSWORD))).text, /Too many tries/, 'not even the right one is tried now')
    assert.deepEqual(await house.links(subject), [])
  })

  test('a node that is killed in the middle of a login loses nothing', async () => {
    const account = identity('survivor')
    const known = await house.account({ email: account.email, password: PASSWORD })
    const walker = new Walker()
    await house.braid.balancer.pin(0)
    const question = await throughCampus(walker, account)
    const mail = await walker.submit(question, {}, { button: 'Yes, it is mine: link' })
    assert.equal(heading(mail), 'Check your mail')
    const letter = await house.mails.latestTo(account.email)
    await house.braid.nodes[0].stop('SIGKILL')
    await house.braid.balancer.pin()
    const press = await walker.go(letter.links[0])
    assert.equal(heading(press), 'Is this you?')
    const end = await walker.submit(press, {}, { button: 'Yes, link them' })
    assert.equal(claims(end).sub, known.subject)
    assert.equal((await house.links(known.subject)).length, 1)
  })
})
