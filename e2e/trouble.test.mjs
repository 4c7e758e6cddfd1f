// What goes wrong in the world: each time the person sees a page with a way on, nothing is lost, and the log has one line.

import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runBraid, startBraid } from './lib/braid.mjs'
import { startBrowser } from './lib/browser.mjs'
import { openHouse } from './lib/house.mjs'
import { freePort, until } from './lib/net.mjs'
import { startOddUpstream } from './lib/odd_upstream.mjs'
import { signInUpstream } from './lib/upstream.mjs'
import { visitor } from './lib/visitor.mjs'

const ODD = ['garbage', 'hangs', 'down', 'liar']
const PASSWORD = 'marker-password-of-everybody'

let browser
let house
let odd
/** Everything secret that was seen on the way, for the last test. */
const secrets = new Set([PASSWORD])

before(async () => {
  browser = await startBrowser()
  odd = await Promise.all(ODD.map(startOddUpstream))
  const hasty = await freePort()
  house = await openHouse({ change: (places) => furnish(places, hasty), start: (options) => startBraid({ ...options, args: ['--log-level', 'trace'] }) })
  house.hasty = `http://localhost:${hasty}`
})
after(async () => {
  await browser?.stop()
  await house?.close()
  await Promise.all(odd?.map((one) => one.stop()) ?? [])
})

/** The odd providers, and a realm whose logins are over in a moment. */
function furnish({ config, realm }, hastyPort) {
  ODD.forEach((alias, at) => {
    const { issuer } = odd[at]
    config['allow-internal'].push(new URL(issuer).host)
    realm.providers.push({ alias, name: alias, issuer, 'client-id': 'braid', 'client-secret': 'marker-odd-provider-secret' })
  })
  const [client] = realm.clients
  config.listen = [config.listen, `127.0.0.1:${hastyPort}`]
  config.realms.hasty = { origin: `http://localhost:${hastyPort}`, limits: { 'login-lifetime': '2s' }, clients: [client] }
}

/** Somebody with an empty browser; the secrets that their browser gets to see are remembered. */
async function arrives(t, album) {
  const person = await visitor(browser, { album: `trouble-${album}` })
  person.person.on('request', (request) => remember(new URL(request.url())))
  t.after(async () => {
    for (const { name, value } of await person.person.cookies()) if (name.includes('braid')) secrets.add(value)
    await person.close()
  })
  return person
}

function remember(url) {
  for (const name of ['code', 'code_verifier', 'id_token']) if (url.searchParams.get(name)) secrets.add(url.searchParams.get(name))
  const [, token] = url.pathname.match(/^\/mail\/(.+)/) ?? []
  if (token) secrets.add(token)
}

/** An identity at the upstream that wants into an existing account. */
async function stranger(name) {
  const email = `${name}@example.org`
  const account = await house.account({ username: name, email, password: PASSWORD })
  house.upstream.accounts[name] = { sub: `${name}-at-campus`, email, email_verified: true, given_name: 'Some', family_name: 'Body' }
  return { ...account, upstream: house.upstream.accounts[name] }
}

/** Goes as far as the page that says that the account exists. */
async function reachesTheQuestion(person, who) {
  await person.goto(`${house.client.loginUri}?provider-hint=campus`)
  await signInUpstream(person.page, who.upstream)
  await person.page.waitForURL(`${house.origin}/login/**`)
}

async function signsInWithPassword(person, { username }) {
  await person.fill('Username or mail address', username)
  await person.fill('Password', PASSWORD)
  await person.press('Sign in')
}

async function isAtTheClient(person) {
  await person.page.waitForURL(`${house.client.origin}/callback?**`)
  const { claims, ...trouble } = await person.document()
  assert.ok(claims, JSON.stringify(trouble))
  return claims
}

/** The page's reference is in exactly one line of the log. Gives that line. */
async function isLoggedOnce(person) {
  const reference = await person.reference()
  assert.ok(reference, 'the page has a reference')
  const lines = () => house.braid.log().split('\n').filter((line) => line.includes(reference))
  await until(`the log to know ${reference}`, () => lines().length > 0)
  assert.equal(lines().length, 1, lines().join('\n'))
  return lines()[0]
}

test('oidc-op-1 a wrong redirect URI is never followed', async (t) => {
  const person = await arrives(t, 'redirect-uri')
  await person.goto(house.client.loginUri)
  const authorize = new URL(`${house.origin}/authorize`)
  const query = { response_type: 'code', client_id: 'wiki', scope: 'openid', redirect_uri: `${house.client.redirectUri}/../evil` }
  authorize.search = new URLSearchParams(query)
  await person.goto(authorize.href)
  await person.sees("This request can't be trusted", { status: 400 })
  await isLoggedOnce(person)
  assert.ok(person.page.url().startsWith(house.origin), 'nobody was sent anywhere')
  assert.equal(await person.page.getByRole('link', { name: /^Back to/ }).getAttribute('href'), `${new URL(house.client.redirectUri).origin}/`)
  await person.back()
  await person.sees('Sign in', { as: 'back' })
})

test('oidc-op-2 an unknown client is told so', async (t) => {
  const person = await arrives(t, 'client')
  await person.goto(`${house.origin}/authorize?response_type=code&client_id=nobody&redirect_uri=https://nobody.example/`)
  await person.sees("We don't know this application", { status: 400 })
  await isLoggedOnce(person)
  assert.match(await person.text(), /Go back to where you came from/)
})

for (const [at, kind] of ODD.entries()) {
  const what = ['answers garbage', 'hangs', 'is down', 'gives garbage for its own code'][at]
  test(`a provider that ${what} costs nothing but the way through it`, async (t) => {
    const who = await house.account({ username: `past-${kind}`, password: PASSWORD })
    const person = await arrives(t, `provider-${kind}`)
    await person.goto(house.client.loginUri)
    await person.press(`Continue with ${kind}`)
    await person.sees('Sign in', { as: 'back-again' })
    assert.match(await person.text(), new RegExp(`${kind} can't be reached|answer from ${kind} couldn't be trusted`))
    const line = await isLoggedOnce(person)
    assert.match(line, new RegExp(`"provider":"${kind}"`))
    await signsInWithPassword(person, who)
    assert.equal((await isAtTheClient(person)).sub, who.subject)
  })
}

test('a mail server that is down delays the mail and nothing else', async (t) => {
  const who = await stranger('mail-down')
  const person = await arrives(t, 'mail')
  await house.mails.stop()
  await reachesTheQuestion(person, who)
  await person.press('Yes, it is mine: link')
  await person.sees('Check your mail')
  await until('the log to say that the mail did not leave', () => house.braid.log().includes('a mail did not leave'))
  await house.mails.start()
  const mail = await house.mails.latestTo(who.email)
  await person.goto(mail.links[0])
  await person.press('Yes, link them')
  assert.equal((await isAtTheClient(person)).sub, who.subject)
  assert.equal(house.mails.to(who.email).filter(({ raw }) => String(raw).includes('/mail/')).length, 1, 'it came once')
})

test('a deleted cookie ends the login, and a press begins it again', async (t) => {
  const who = await stranger('no-cookie')
  const person = await arrives(t, 'cookie')
  await reachesTheQuestion(person, who)
  await person.person.clearCookies({ domain: 'localhost' })
  await person.press('Yes, it is mine: link')
  await person.sees("Your browser didn't send its cookie", { status: 400 })
  await isLoggedOnce(person)
  await person.press('Start again')
  // The request named the provider, where the person is still signed in: they are back where they were.
  await person.sees(/already exists/)
  assert.deepEqual(await house.links(who.subject), [])
})

test('an expired login says so, also to the form of its last page, and begins again', async (t) => {
  const person = await arrives(t, 'expired')
  const query = { response_type: 'code', client_id: 'wiki', scope: 'openid', redirect_uri: house.client.redirectUri, nonce: 'n', state: 's' }
  const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
  await person.goto(`${house.hasty}/authorize?${new URLSearchParams({ ...query, ...challenge })}`)
  await person.sees('Sign in')
  const old = person.page
  const tab = await person.person.newPage()
  await until('the login to expire', async () => (await tab.goto(old.url())).status() === 410)
  await tab.close()
  await person.fill('Username or mail address', 'somebody')
  await person.fill('Password', PASSWORD)
  await person.press('Sign in')
  await person.sees('This sign-in is over', { status: 410 })
  await isLoggedOnce(person)
  await person.press('Start again')
  await person.sees('Sign in', { as: 'again' })
})

test('the address of a login in another browser gives nothing away and begins a login of its own', async (t) => {
  const who = await stranger('pasted')
  const person = await arrives(t, 'pasted')
  await reachesTheQuestion(person, who)
  const other = await arrives(t, 'pasted-elsewhere')
  await other.goto(person.page.url())
  await other.sees("Your browser didn't send its cookie", { status: 400 })
  assert.equal((await other.page.content()).includes(who.email), false)
  await isLoggedOnce(other)
  await other.press('Start again')
  await other.page.waitForURL(`${house.upstream.issuer}/**`)
  // The first one is as it was.
  await person.reload()
  await person.sees(/already exists/)
})

test('the back button shows a page that works, after each step', async (t) => {
  const who = await stranger('back')
  const person = await arrives(t, 'back')
  await person.goto(house.client.loginUri)
  await person.press('Continue with Campus')
  await person.back()
  await person.sees(/Sign in|Go on at Campus/, { as: 'from-the-provider' })
  await person.press(/Continue with Campus|Go to Campus/)
  await signInUpstream(person.page, who.upstream)
  await person.page.waitForURL(`${house.origin}/login/**`)
  await person.sees(/already exists/)
  await person.press('Yes, it is mine: link')
  await person.sees('Check your mail')
  await person.back()
  await person.sees(/already exists|Check your mail/, { as: 'from-check-your-mail' })
  // Whatever page the browser had kept, its button leads to where the login is.
  await person.press(/Yes, it is mine: link|Use the account's password/)
  if ((await person.heading()) === 'Check your mail') await person.press("Use the account's password")
  await person.sees('Show that the account is yours')
  await person.back()
  await person.page.goForward()
  await person.reload()
  await person.sees('Show that the account is yours', { as: 'forward' })
  await person.fill('Password of that account', PASSWORD)
  await person.press('Link')
  assert.equal((await isAtTheClient(person)).sub, who.subject)
  assert.equal(house.mails.to(who.email).filter(({ raw }) => String(raw).includes('/mail/')).length, 1, 'one question, one mail')

  // The login is over: its page sends back to the client, which has had this answer.
  await person.back()
  await person.page.waitForURL(`${house.client.origin}/**`)
  assert.equal((await house.links(who.subject)).length, 1)
})

test('a finished login that is loaded again sends to the client again', async (t) => {
  const who = await stranger('reload')
  const person = await arrives(t, 'reload')
  await reachesTheQuestion(person, who)
  const hub = person.page.url()
  await person.press('Yes, it is mine: link')
  await person.press("Use the account's password")
  await person.fill('Password of that account', PASSWORD)
  await person.press('Link')
  await isAtTheClient(person)
  const callback = person.page.url()
  await person.goto(hub)
  await person.page.waitForURL(callback)
})

test('a double click on a button has one effect', async (t) => {
  const who = await stranger('double')
  const person = await arrives(t, 'double')
  await reachesTheQuestion(person, who)
  await person.page.getByRole('button', { name: 'Yes, it is mine: link' }).dblclick()
  await until('the next page', async () => (await person.heading()) === 'Check your mail')
  await person.sees('Check your mail')
  await person.press("Use the account's password")
  await person.fill('Password of that account', PASSWORD)
  await person.page.getByRole('button', { name: 'Link', exact: true }).dblclick()
  assert.equal((await isAtTheClient(person)).sub, who.subject)
  assert.equal((await house.links(who.subject)).length, 1)
  await house.mails.latestTo(who.email, { count: 2 })
  assert.equal(house.mails.to(who.email).length, 2, 'one question, one notice')
})

test('two tabs of one login: what one finishes, the other goes on from', async (t) => {
  const who = await stranger('one-login')
  const one = await arrives(t, 'tabs')
  await reachesTheQuestion(one, who)
  const other = await one.tab()
  await other.goto(one.page.url())
  await other.sees(/already exists/)
  await one.press('Yes, it is mine: link')
  await other.press('Check my details')
  await other.sees('Check your mail', { as: 'other-is-stale' })
  await one.press("Use the account's password")
  await one.fill('Password of that account', PASSWORD)
  await one.press('Link')
  await isAtTheClient(one)
  await other.press("Use the account's password")
  await other.page.waitForURL(`${house.client.origin}/**`)
  assert.equal((await house.links(who.subject)).length, 1)
})

test('two logins in two tabs: the second finds the account linked and goes through', async (t) => {
  const who = await stranger('two-logins')
  const one = await arrives(t, 'logins')
  await reachesTheQuestion(one, who)
  const other = await one.tab()
  await other.goto(`${house.client.loginUri}?provider-hint=campus`)
  await other.sees(/already exists/)
  for (const tab of [one, other]) {
    await tab.press('Yes, it is mine: link')
    if (tab.page.url().startsWith(house.client.origin)) continue
    await tab.press("Use the account's password")
    if (tab.page.url().startsWith(house.client.origin)) continue
    await tab.fill('Password of that account', PASSWORD)
    await tab.press('Link')
  }
  for (const tab of [one, other]) assert.equal((await isAtTheClient(tab)).sub, who.subject)
  assert.equal((await house.links(who.subject)).length, 1)
})

const BROKEN_FLOW = `flow: mine
executions:
  - review-profil: { requirement: required }
  - create-user-if-unique: { requirement: maybe }
`

const BROKEN_CONFIG = `database: sqlite:braid.db
keyring: [{ id: tests, key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= }]
flows: flows
realms:
  main:
    origin: http://localhost:1
    providerz: []
    clients: [{ id: wiki, secret: marker-secret-in-a-broken-file, redirect-uris: [not a uri] }]
`

test('a broken flow and a broken configuration are told with file, line, reason and remedy, and nothing starts', async (t) => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'braid-e2e-'))
  t.after(() => rm(cwd, { recursive: true, force: true }))
  await mkdir(path.join(cwd, 'flows'))
  await writeFile(path.join(cwd, 'flows', 'mine.yaml'), BROKEN_FLOW)
  await writeFile(path.join(cwd, 'braid.yaml'), BROKEN_CONFIG)
  const flow = await runBraid(['flow', 'check', 'flows/mine.yaml'], { cwd, code: 1 })
  const checked = flow.stdout + flow.stderr
  for (const text of ['flows/mine.yaml:3:5', 'there is no authenticator `review-profil`', 'did you mean `review-profile`?', 'flows/mine.yaml:4:43']) {
    assert.ok(checked.includes(text), `${text} in\n${checked}`)
  }
  const { stderr, stdout } = await runBraid(['serve', '--config', 'braid.yaml'], { cwd, code: 1 })
  for (const text of ['braid.yaml:7:5', 'there is no key `providerz`', 'did you mean `providers`?', 'braid.yaml:8:', 'flows/mine.yaml:3:5']) {
    assert.ok(stderr.includes(text), `${text} in\n${stderr}`)
  }
  assert.equal(`${stdout}${stderr}`.includes('marker-'), false, 'what is shown of the file has no secret')
})

test('the log has no secret, even where it says everything', async () => {
  const log = house.braid.log()
  assert.match(log, /"level":"(DEBUG|TRACE)"/, 'the log says everything')
  for (const message of house.mails.messages) {
    for (const [, token] of String(message.raw).replace(/=\r\n/g, '').matchAll(/\/mail\/([\w-]+)/g)) secrets.add(token)
  }
  const { access_token: access, refresh_token: refresh, id_token: id } = house.client.tokens
  for (const token of [access, refresh, id, 'marker-']) if (token) secrets.add(token)
  assert.ok(secrets.size > 30, `${secrets.size} secrets were seen`)
  assert.deepEqual([...secrets].filter((secret) => log.includes(secret)), [])
})
