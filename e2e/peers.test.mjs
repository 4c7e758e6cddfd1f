// The peers by themselves: before Braid is between them, they must get along with each other through a browser.

import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { startAuthlibClient } from './lib/authlib.mjs'
import { barriers, screenshot, startBrowser } from './lib/browser.mjs'
import { startClient } from './lib/client.mjs'
import { close, freePort, listen } from './lib/net.mjs'
import { startProgram } from './lib/program.mjs'
import { startMailServer } from './lib/smtp.mjs'
import { brokerClient, signInUpstream, startUpstream } from './lib/upstream.mjs'

const accounts = { vic: { sub: 'sub-of-vic', email: 'vic@example.org', email_verified: true, name: 'Vic' } }
let browser

before(async () => {
  browser = await startBrowser()
})
after(() => browser.stop())

const shown = async (page) => JSON.parse(await page.locator('pre, body').first().innerText())

for (const javaScript of [true, false]) {
  test(`a person signs in at the upstream provider and the client learns who it is, JavaScript ${javaScript}`, async (t) => {
    const client = await startClient()
    t.after(() => client.stop())
    const upstream = await startUpstream({ accounts, clients: [brokerClient(client.redirectUri)] })
    t.after(() => upstream.stop())
    client.use({ issuer: upstream.issuer, clientId: 'braid', clientSecret: 'a-secret-for-tests-only' })

    const person = await browser.person({ javaScript })
    t.after(() => person.close())
    const page = await person.newPage()
    await page.goto(client.loginUri)
    const picture = await screenshot(page, `peers-upstream-login-${javaScript ? 'with' : 'without'}-javascript`)
    assert.ok((await stat(picture)).size > 1000)
    await signInUpstream(page, upstream.accounts.vic)
    await page.waitForURL(`${client.origin}/callback?**`)

    const { claims } = await shown(page)
    assert.equal(claims.iss, upstream.issuer)
    assert.equal(claims.sub, 'sub-of-vic')
    assert.equal(claims.email, 'vic@example.org')
    assert.equal(claims.email_verified, true)
    assert.equal((await client.userinfo()).sub, 'sub-of-vic')
  })
}

test('what an account asserts can be changed, left out and put on userinfo only', async (t) => {
  const client = await startClient()
  t.after(() => client.stop())
  const clients = [brokerClient(client.redirectUri)]
  const upstream = await startUpstream({ accounts: structuredClone(accounts), clients, claimsInIdToken: false })
  t.after(() => upstream.stop())
  client.use({ issuer: upstream.issuer, clientId: 'braid', clientSecret: 'a-secret-for-tests-only' })
  upstream.accounts.vic = { sub: 'another', email: 'Vic@Example.org', email_verified: undefined }

  const person = await browser.person()
  t.after(() => person.close())
  const page = await person.newPage()
  await page.goto(client.loginUri)
  await signInUpstream(page, upstream.accounts.vic)
  await page.waitForURL(`${client.origin}/callback?**`)

  const { claims } = await shown(page)
  assert.equal(claims.sub, 'another')
  assert.equal('email' in claims, false)
  const said = await client.userinfo()
  assert.equal(said.email, 'Vic@Example.org')
  assert.equal('email_verified' in said, false)
})

test('the client trades its refresh token', async (t) => {
  const client = await startClient()
  t.after(() => client.stop())
  const upstream = await startUpstream({ accounts, clients: [brokerClient(client.redirectUri)] })
  t.after(() => upstream.stop())
  const scope = 'openid email offline_access'
  client.use({ issuer: upstream.issuer, clientId: 'braid', clientSecret: 'a-secret-for-tests-only', scope })

  const person = await browser.person()
  t.after(() => person.close())
  const page = await person.newPage()
  await page.goto(`${client.loginUri}?prompt=consent`)
  await signInUpstream(page, upstream.accounts.vic)
  await page.waitForURL(`${client.origin}/callback?**`)

  const first = client.tokens.access_token
  await client.refresh()
  assert.notEqual(client.tokens.access_token, first)
  assert.equal((await client.userinfo()).email, 'vic@example.org')
})

test('a callback without its browser, and a person who says no, are errors at the client', async (t) => {
  const client = await startClient()
  t.after(() => client.stop())
  const upstream = await startUpstream({ accounts, clients: [brokerClient(client.redirectUri)] })
  t.after(() => upstream.stop())
  client.use({ issuer: upstream.issuer, clientId: 'braid', clientSecret: 'a-secret-for-tests-only' })
  const stranger = await fetch(`${client.redirectUri}?code=x&state=y`)
  assert.equal(stranger.status, 400)
  assert.equal((await stranger.json()).error, 'client_no_login')

  const person = await browser.person()
  t.after(() => person.close())
  const page = await person.newPage()
  await page.goto(client.loginUri)
  await page.getByText('Cancel').click()
  await page.waitForURL(`${client.origin}/callback?**`)
  assert.equal((await shown(page)).error, 'access_denied')
})

test('Authlib signs in at the same provider', async (t) => {
  const port = await freePort()
  const clients = [brokerClient(`http://127.0.0.1:${port}/callback`, { id: 'authlib', secret: 'a-secret-for-authlib-only' })]
  const upstream = await startUpstream({ accounts, clients })
  t.after(() => upstream.stop())
  const client = await startAuthlibClient({
    issuer: upstream.issuer,
    clientId: 'authlib',
    clientSecret: 'a-secret-for-authlib-only',
    scope: 'openid email offline_access',
    port,
  })
  t.after(() => client.stop())

  const person = await browser.person()
  t.after(() => person.close())
  const page = await person.newPage()
  await page.goto(`${client.loginUri}?prompt=consent`)
  await signInUpstream(page, upstream.accounts.vic)
  await page.waitForURL(`${client.origin}/callback?**`)

  const { claims } = await shown(page)
  assert.equal(claims.sub, 'sub-of-vic')
  assert.equal((await client.userinfo()).email, 'vic@example.org')
  assert.equal((await client.refresh()).token_type, 'Bearer')
})

test('persons have cookies of their own', async (t) => {
  const one = await browser.person()
  const other = await browser.person()
  t.after(() => Promise.all([one.close(), other.close()]))
  await one.addCookies([{ name: 'a', value: 'b', url: 'http://127.0.0.1/' }])
  assert.equal((await other.cookies('http://127.0.0.1/')).length, 0)
})

test('axe finds barriers, also under a strict content security policy', async (t) => {
  const bad = '<!doctype html><html lang=en><title>t</title><main><h1>t</h1><form><input name=a></form></main>'
  const good = bad.replace('<input name=a>', '<label>a <input name=a></label>')
  const policy = { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'" }
  const server = createServer((request, response) => response.writeHead(200, policy).end(request.url === '/bad' ? bad : good))
  await listen(server, 0)
  t.after(() => close(server))
  const person = await browser.person()
  t.after(() => person.close())
  const page = await person.newPage()
  const origin = `http://127.0.0.1:${server.address().port}`
  await page.goto(`${origin}/bad`)
  assert.match((await barriers(page)).join(), /^label:/)
  await page.goto(`${origin}/good`)
  assert.deepEqual(await barriers(page), [])
})

test('the mail server keeps a message that came over a bare socket', async (t) => {
  const mails = await startMailServer()
  t.after(() => mails.stop())
  assert.match(await send(mails.port, 'vic@example.org'), /^250/)
  const mail = await mails.latestTo('vic@example.org')
  assert.equal(mail.from, 'braid@example.org')
  assert.equal(mail.subject, 'Grüße')
  assert.match(mail.text, /press.*here=now/)
  assert.deepEqual(mail.links, ['https://braid.example/a?b=c'])
  assert.ok(mail.raw.includes('=C3=BC'), 'the raw message is as it was sent')
})

test('the mail server refuses, stops and comes back as told', async (t) => {
  const mails = await startMailServer()
  t.after(() => mails.stop())
  for (const [at, code] of [['connect', 421], ['mail', 451], ['rcpt', 550], ['data', 554]]) {
    mails.refuse({ at, code })
    assert.match(await send(mails.port, 'vic@example.org'), new RegExp(`^${code}`), at)
  }
  assert.equal(mails.messages.length, 0)
  assert.equal(mails.connections, 4)
  mails.accept()
  await mails.stop()
  await assert.rejects(send(mails.port, 'vic@example.org'), { code: 'ECONNREFUSED' })
  await mails.start()
  assert.match(await send(mails.port, 'vic@example.org'), /^250/)
  assert.equal(mails.to('vic@example.org').length, 1)
})

test('a program that ends too early says why', async () => {
  const program = startProgram(process.execPath, ['-e', 'console.error("no port"); process.exit(3)'])
  await program.ended
  assert.throws(() => program.check(), /code 3[^]*no port/)
})

const MESSAGE = [
  'From: Braid <braid@example.org>',
  'To: vic@example.org',
  'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Please press =',
  'here=3Dnow: https://braid.example/a?b=3Dc',
  '.',
]

/** Speaks SMTP (RFC 5321) by hand, one line at a time, and gives the last answer, or the first refusal. */
function send(port, to) {
  const lines = ['EHLO test', 'MAIL FROM:<braid@example.org>', `RCPT TO:<${to}>`, 'DATA', MESSAGE.join('\r\n')]
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8')
    socket.on('error', reject)
    socket.on('data', (answer) => {
      const line = lines.shift()
      const refused = /^[45]/.test(answer)
      if (line !== undefined && !refused) return socket.write(`${line}\r\n`)
      socket.destroy()
      return resolve(answer)
    })
  })
}
