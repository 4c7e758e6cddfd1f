// What happens at the same time, over two Braid processes on one PostgreSQL: there is always an order in which it could have happened one by one.

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { runBraid } from './lib/braid.mjs'
import { startCluster } from './lib/cluster.mjs'
import { openHouse } from './lib/house.mjs'
import { heading, Walker } from './lib/http.mjs'
import { postgres } from './lib/settings.mjs'
import { brokerClient, startUpstream } from './lib/upstream.mjs'

const PASSWORD = 'a-password-for-tests-only'
const VERIFIER = 'the-same-verifier-for-all-logins-of-these-tests'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
const RAW = { id: 'raw', secret: 'marker-secret-of-raw', callback: 'http://127.0.0.1:9/callback' }

describe('at the same time, on two nodes', { skip: !postgres && 'BRAID_TEST_POSTGRES is not set' }, () => {
  let house
  let partner

  before(async () => {
    house = await openHouse({
      database: 'postgres',
      start: startCluster,
      change: async (house) => {
        partner = await startUpstream({
          clients: [brokerClient(`${house.origin}/broker/partner/callback`, { secret: 'marker-secret-of-partner' })],
        })
        house.config['allow-internal'].push(new URL(partner.issuer).host)
        const secret = { issuer: partner.issuer, 'client-id': 'braid', 'client-secret': 'marker-secret-of-partner' }
        house.realm.providers.push({ alias: 'partner', name: 'Partner', ...secret })
        house.realm.clients.push({ id: RAW.id, name: 'Raw', secret: RAW.secret, 'redirect-uris': [RAW.callback] })
        Object.assign(house.realm.limits, { 'passwords-per-network': 10_000, 'registrations-per-network': 10_000 })
      },
    })
  })
  after(async () => {
    await house?.close()
    await partner?.stop()
  })

  /** Makes somebody at a provider. */
  function someone(upstream, name, email = `${name}@example.org`) {
    return (upstream.accounts[name] = { sub: `${name}-there`, email, email_verified: true, given_name: name })
  }

  const begin = (walker, hint, more = {}) => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: RAW.id,
      redirect_uri: RAW.callback,
      scope: 'openid email offline_access',
      state: randomUUID(),
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...(hint && { 'provider-hint': hint }),
      ...more,
    })
    return walker.go(`${house.origin}/authorize?${query}`, { before: RAW.callback })
  }

  /** Signs in at a provider, as far as `before`. */
  async function through(walker, hint, account, before = RAW.callback) {
    const login = await begin(walker, hint)
    const consent = await walker.submit(login, { login: account.sub, password: 'any' }, { before })
    return consent.text === undefined ? consent : walker.submit(consent, {}, { before })
  }

  /** Asks the token endpoint, as the client would. */
  async function token(fields) {
    const authorization = `Basic ${Buffer.from(`${RAW.id}:${RAW.secret}`).toString('base64')}`
    const response = await fetch(`${house.origin}/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams(fields) })
    return { status: response.status, ...(await response.json()) }
  }
  const redeem = (url) => token({ grant_type: 'authorization_code', code: codeOf(url), redirect_uri: RAW.callback, code_verifier: VERIFIER })
  const refresh = (refresh_token) => token({ grant_type: 'refresh_token', refresh_token })
  const codeOf = (url) => new URL(url).searchParams.get('code')
  const subjectOf = ({ id_token }) => JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url')).sub

  async function signedIn(name) {
    const walker = new Walker()
    const tokens = await redeem((await through(walker, 'campus', someone(house.upstream, name))).url)
    assert.equal(tokens.status, 200, JSON.stringify(tokens))
    return { walker, tokens, subject: subjectOf(tokens) }
  }

  const act = (...args) => runBraid([...args, '--config', 'braid.yaml', '--realm', 'main'], { cwd: house.braid.folder })
  const count = async (sql) => Number((await house.rows(`SELECT count(*) AS number FROM ${sql}`))[0].number)

  test('rel-2 two providers bring one address at the same instant: one account at most has it, and nobody is joined silently', async () => {
    for (const round of [1, 2, 3, 4, 5]) {
      const email = `twin-${round}@example.org`
      const [here, there] = [someone(house.upstream, `here-${round}`, email), someone(partner, `there-${round}`, email)]
      const [one, two] = [new Walker(), new Walker()]
      const [a, b] = [
        await through(one, 'campus', here, '/broker/campus/callback'),
        await through(two, 'partner', there, '/broker/partner/callback'),
      ]
      const ends = await Promise.all([one.go(a.url, { before: RAW.callback }), two.go(b.url, { before: RAW.callback })])
      const through_ = ends.filter(({ url }) => url.startsWith(RAW.callback))
      assert.ok(through_.length >= 1, ends.map((end) => end.status ?? end.url).join())
      for (const end of ends.filter(({ text }) => text !== undefined)) assert.match(heading(end), /may be in use|already exists/)
      const subjects = new Set(await Promise.all(through_.map(async ({ url }) => subjectOf(await redeem(url)))))
      assert.equal(subjects.size, through_.length, 'each got through to an account of their own')
    }
  })

  test('rel-3 each form of a login is sent twice at once: one effect, and both are led to it', async () => {
    const account = someone(house.upstream, 'doubler')
    const known = await house.account({ email: account.email, password: PASSWORD })
    const walker = new Walker()
    const twice = async (page, fields, button) => {
      const [first, second] = await Promise.all([1, 2].map(() => walker.clone().submit(page, fields, { button, before: RAW.callback })))
      assert.equal(first.url.split('?')[0], second.url.split('?')[0], `${button}: ${first.url} ${second.url}`)
      return first
    }
    const question = await through(walker, 'campus', account)
    const mail = await twice(question, {}, 'Yes, it is mine: link')
    const password = await twice(mail, {}, 'Use the account&#39;s password')
    const end = await twice(password, { password: PASSWORD }, 'Link')
    assert.equal(subjectOf(await redeem(end.url)), known.subject)
    assert.equal((await house.links(known.subject)).length, 1)
    const mails = await count(`action_tokens WHERE address = '${account.email}'`)
    assert.ok(mails <= 1, 'one mail was written')
  })

  test('rel-14 two browsers change one address at once: one change is kept, the other link is dead', async () => {
    for (const round of [1, 2, 3]) {
      const owner = await house.account({ username: `mover-${round}`, email: `mover-${round}@example.org`, password: PASSWORD })
      const wanted = ['here', 'there'].map((place) => `mover-${round}@${place}.example`)
      const wishing = async () => {
        const walker = new Walker()
        const login = await begin(walker, undefined, { braid_action: 'change-address' })
        return [walker, await walker.submit(login, { username: `mover-${round}`, password: PASSWORD }, { button: 'Sign in' })]
      }
      const wishes = [await wishing(), await wishing()]
      await Promise.all(wishes.map(([walker, page], at) => walker.submit(page, { email: wanted[at] }, { button: 'Send a mail there' })))
      const links = await Promise.all(wanted.map(async (address) => (await house.mails.latestTo(address)).links[0]))
      const opened = await Promise.all(wishes.map(([walker], at) => walker.go(links[at])))
      const press = ([walker], at) =>
        opened[at].text.includes('Yes, this is my address')
          ? walker.submit(opened[at], {}, { button: 'Yes, this is my address', before: RAW.callback })
          : opened[at]
      const ends = await Promise.all(wishes.map(press))
      const through_ = ends.filter(({ url }) => url.startsWith(RAW.callback))
      assert.equal(through_.length, 1, ends.map((end) => (end.text ? heading(end) : end.url)).join())
      const [{ email }] = await house.rows(`SELECT email FROM users WHERE subject = '${owner.subject}'`)
      assert.equal(email, wanted[ends.indexOf(through_[0])])
    }
  })

  test('rel-4 two tabs with two logins, finished in the other order, end each at its own request', async () => {
    const walker = new Walker()
    const account = await house.account({ password: PASSWORD })
    const [first, second] = [await begin(walker), await begin(walker)]
    const fields = { username: account.username, password: PASSWORD }
    const two = await walker.submit(second, fields, { button: 'Sign in', before: RAW.callback })
    const one = await walker.submit(first, fields, { button: 'Sign in', before: RAW.callback })
    const codes = [one, two].map(({ url }) => codeOf(url))
    assert.ok(codes.every(Boolean) && codes[0] !== codes[1])
    assert.deepEqual(await Promise.all([one, two].map(async ({ url }) => subjectOf(await redeem(url)))), [account.subject, account.subject])
  })

  test('rel-6 a hundred people sign in at once, and each code is its own person’s', async () => {
    const people = await Promise.all(Array.from({ length: 100 }, (_, at) => someone(house.upstream, `many-${at}`)))
    const ends = await Promise.all(people.map((account) => through(new Walker(), 'campus', account)))
    const tokens = await Promise.all(ends.map(({ url }) => redeem(url)))
    const emails = tokens.map(({ id_token }) => JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url')).email)
    assert.deepEqual(emails, people.map(({ email }) => email))
    assert.equal(new Set(tokens.map(subjectOf)).size, 100)
  })

  test('rel-7 two accounts want the same identity at once: one gets it, the other is told', async () => {
    for (const round of [1, 2, 3]) {
      const owners = await Promise.all(['a', 'b'].map((name) => house.account({ email: `${name}-${round}@example.org`, password: PASSWORD })))
      const account = someone(house.upstream, `wanted-${round}`)
      const pages = []
      for (const owner of owners) {
        account.email = owner.email
        const walker = new Walker()
        const question = await through(walker, 'campus', account)
        const mail = await walker.submit(question, {}, { button: 'Yes, it is mine: link' })
        pages.push([walker, await walker.submit(mail, {}, { button: 'Use the account&#39;s password' })])
      }
      const finish = ([walker, page]) => walker.submit(page, { password: PASSWORD }, { button: 'Link', before: RAW.callback })
      const ends = await Promise.all(pages.map(finish))
      const links = await Promise.all(owners.map(({ subject }) => house.links(subject)))
      assert.equal(links.flat().length, 1, 'one link')
      const winner = owners[links.findIndex((own) => own.length === 1)]
      for (const { url } of ends.filter(({ url }) => url.startsWith(RAW.callback))) {
        assert.equal(subjectOf(await redeem(url)), winner.subject, 'the identity opens its one account, whoever comes with it')
      }
    }
  })

  test('rel-9 one refresh token a hundred times at once: one successor at most, and then the family has ended', async () => {
    const { tokens } = await signedIn('refresher')
    const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(tokens.refresh_token)))
    assert.ok(answers.every(({ status, error }) => status === 200 || error === 'invalid_grant'), JSON.stringify(answers.map(({ status }) => status)))
    const [successor, ...more] = answers.filter(({ status }) => status === 200)
    assert.equal(more.length, 0)
    if (successor) assert.equal((await refresh(successor.refresh_token)).error, 'invalid_grant')
  })

  test('rel-11 rel-12 what races with closing an account is dead when the closing has returned', async () => {
    for (const round of [1, 2, 3, 4]) {
      const account = await house.account({ password: PASSWORD })
      const walker = new Walker()
      const end = await walker.submit(await begin(walker), { username: account.username, password: PASSWORD }, { button: 'Sign in', before: RAW.callback })
      const first = await redeem(end.url)
      const later = await begin(walker)
      let alive = first.refresh_token
      let closed = false
      const refreshing = (async () => {
        while (!closed) {
          const answer = await refresh(alive)
          if (answer.status !== 200) return
          alive = answer.refresh_token
        }
      })()
      const [, code] = await Promise.all([
        act('user', 'disable', account.username, '--reason', 'a test').then(() => (closed = true)),
        new Promise((resolve) => setTimeout(resolve, 20 * round)).then(() => redeem(later.url)),
      ])
      await refreshing
      assert.equal((await refresh(alive)).error, 'invalid_grant')
      if (code.status === 200) {
        assert.equal((await refresh(code.refresh_token)).error, 'invalid_grant', 'what came before the closing ended with it')
        const headers = { authorization: `Bearer ${code.access_token}` }
        assert.equal((await fetch(`${house.origin}/userinfo`, { headers })).status, 401)
      }
      assert.ok(!(await begin(walker)).url.startsWith(RAW.callback), 'the browser session is dead')
    }
  })

  test('rel-15 administrators and the person’s own login change one account at once: nothing is lost', async () => {
    const { subject } = await signedIn('shared')
    const account = house.upstream.accounts.shared
    const rooms = [1, 2, 3, 4]
    account.family_name = 'Newname'
    await Promise.all([
      ...rooms.map((room) => act('user', 'attribute', subject, `room-${room}`, `r${room}`, '--reason', 'a test')),
      ...rooms.map((room) => act('user', 'role', subject, '--add', `keeper-${room}`, '--reason', 'a test')),
      through(new Walker(), 'campus', account),
    ])
    const [{ attributes, roles, family_name: name }] = await house.rows(
      `SELECT attributes, roles, family_name FROM users WHERE subject = '${subject}'`,
    )
    for (const room of rooms) {
      assert.ok(JSON.stringify(attributes).includes(`room-${room}`), JSON.stringify(attributes))
      assert.ok(JSON.stringify(roles).includes(`keeper-${room}`), JSON.stringify(roles))
    }
    assert.equal(name, 'Newname')
  })

  test('rel-18 fifty people want one username at once: one gets it, the others get the form back', async () => {
    const username = `wanted${randomUUID().slice(0, 8)}`
    const forms = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const walker = new Walker()
        const form = await walker.submit(await begin(walker), {}, { button: 'Create an account' })
        return [walker, form, { username, email: `taker-${at}@example.org`, password: PASSWORD }]
      }),
    )
    const ends = await Promise.all(forms.map(([walker, form, fields]) => walker.submit(form, fields, { button: 'Create account', before: RAW.callback })))
    const [winner, ...others] = ends.filter(({ url }) => url.startsWith(RAW.callback))
    assert.ok(winner && others.length === 0)
    for (const end of ends.filter(({ text }) => text !== undefined)) assert.match(end.text, /Somebody has this username/)
    assert.equal(await count(`users WHERE username = '${username}'`), 1)
  })

  test('rel-10 a used refresh token stays used over a restart of all nodes', async () => {
    const { tokens } = await signedIn('restarter')
    const second = await refresh(tokens.refresh_token)
    assert.equal(second.status, 200)
    await Promise.all(house.braid.nodes.map((node) => node.restart()))
    assert.equal((await refresh(tokens.refresh_token)).error, 'invalid_grant')
    assert.equal((await refresh(second.refresh_token)).error, 'invalid_grant', 'its reuse ended the family')
  })

  test('rel-5 signing in, unlinking, closing and deleting one account at once: each round ends as if one by one', async () => {
    const reason = ['--reason', 'a test']
    for (const round of [1, 2, 3, 4, 5, 6]) {
      const name = `raced-${round}`
      const { walker, tokens, subject } = await signedIn(name)
      const [{ id }] = await house.rows(`SELECT linked_identities.id FROM linked_identities JOIN users ON users.id = user_id WHERE users.subject = '${subject}'`)
      const acts = [
        act('identity', 'unlink', subject, id, ...reason).catch(() => 'refused: it is the last way in'),
        act('user', round % 2 ? 'delete' : 'disable', subject, ...reason),
      ]
      const logins = Array.from({ length: 6 }, () => begin(walker.clone()))
      const refreshes = refresh(tokens.refresh_token)
      await Promise.all([...acts, ...logins, refreshes])
      assert.equal((await refresh((await refreshes).refresh_token ?? tokens.refresh_token)).error, 'invalid_grant')
      assert.ok(!(await begin(walker)).url.startsWith(RAW.callback), 'the browser session is dead')
      const links = await count(`linked_identities JOIN users ON users.id = user_id WHERE users.subject = '${subject}'`)
      assert.equal(links, round % 2 ? 0 : 1, 'a tombstone holds nothing; the last way in stays')
      // The same identity again: nobody's, or refused, and never the old subject with its past.
      const back = await through(new Walker(), 'campus', house.upstream.accounts[name])
      if (round % 2) assert.notEqual(subjectOf(await redeem(back.url)), subject)
      else assert.ok(!back.url.startsWith(RAW.callback), 'a closed account opens nothing')
    }
  })
})
