// An application that was not written here: npm `openid-client`, behind a web server of a few lines.

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import './settings.mjs'
import * as openid from 'openid-client'
import { close, freePort, listen } from './net.mjs'

/**
 * Starts an application. Its `redirectUri` is known at once; `use({ issuer, clientId, clientSecret, scope })` tells it
 * where to sign people in (no secret: a public client). In the browser:
 *
 * - `/login`: begins a login; its query goes along (`/login?provider-hint=campus`)
 * - `/callback`: ends it, and shows `{ "claims": … }` or `{ "error": … }` as JSON
 *
 * In the test: `tokens` of the last login, `refresh()` and `userinfo()`.
 */
export async function startClient({ host = '127.0.0.1', port } = {}) {
  const client = new Client(host, port ?? (await freePort()))
  await client.start()
  return client
}

class Client {
  #server
  #settings
  #configuration
  #logins = new Map()

  constructor(host, port) {
    this.port = port
    this.origin = `http://${host}:${port}`
    this.redirectUri = `${this.origin}/callback`
    this.loginUri = `${this.origin}/login`
    /** What the token endpoint gave last. */
    this.tokens = undefined
  }

  use(settings) {
    this.#settings = { scope: 'openid profile email', ...settings }
    this.#configuration = undefined
  }

  async start() {
    this.#server = createServer((request, response) => this.#answer(request, response))
    await listen(this.#server, this.port)
  }

  stop() {
    return close(this.#server)
  }

  /** Trades the refresh token for new tokens. The old ones stay in `tokens` until that worked. */
  async refresh(token = this.tokens.refresh_token) {
    const tokens = await openid.refreshTokenGrant(await this.#discovered(), token)
    this.tokens = tokens
    return tokens
  }

  /** Asks the userinfo endpoint, and checks that it speaks of the same subject. */
  async userinfo(tokens = this.tokens) {
    return openid.fetchUserInfo(await this.#discovered(), tokens.access_token, tokens.claims().sub)
  }

  async #discovered() {
    const { issuer, clientId, clientSecret } = this.#settings
    const authentication = clientSecret ? openid.ClientSecretBasic(clientSecret) : openid.None()
    const options = { execute: [openid.allowInsecureRequests] }
    this.#configuration ??= await openid.discovery(new URL(issuer), clientId, undefined, authentication, options)
    return this.#configuration
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.origin)
    try {
      if (url.pathname === '/login') await this.#begin(url, response)
      else if (url.pathname === '/callback') await this.#end(url, request, response)
      else show(response, 404, { error: 'not_found' })
    } catch (error) {
      const { error: code = error.code ?? error.name, error_description: text = error.message } = error
      show(response, 400, { error: code, error_description: text })
    }
  }

  async #begin(url, response) {
    const configuration = await this.#discovered()
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const checks = { pkceCodeVerifier, expectedState: openid.randomState(), expectedNonce: openid.randomNonce() }
    const login = randomUUID()
    // Several logins of one browser, in several tabs, don't get into each other's way.
    const name = `client_login_${this.port}_${checks.expectedState}`
    this.#logins.set(login, checks)
    const target = openid.buildAuthorizationUrl(configuration, {
      scope: this.#settings.scope,
      ...Object.fromEntries(url.searchParams),
      redirect_uri: this.redirectUri,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
    })
    const cookie = `${name}=${login}; Path=/; HttpOnly; SameSite=Lax`
    response.writeHead(303, { location: target.href, 'set-cookie': cookie }).end()
  }

  async #end(url, request, response) {
    const name = `client_login_${this.port}_${url.searchParams.get('state')}`
    const cookies = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='))
    const [, login] = cookies.find(([found]) => found === name) ?? []
    const checks = this.#logins.get(login)
    if (!checks) throw Object.assign(new Error('this browser has not begun this login'), { code: 'client_no_login' })
    this.#logins.delete(login)
    this.tokens = await openid.authorizationCodeGrant(await this.#discovered(), url, { ...checks, idTokenExpected: true })
    show(response, 200, { claims: this.tokens.claims() })
  }
}

function show(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value, null, 2))
}
