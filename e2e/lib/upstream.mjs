// An identity provider that was not written here: npm `oidc-provider`, with people that a test makes up.

import { createServer } from 'node:http'
import './settings.mjs'
import { close, freePort, listen, until } from './net.mjs'

// It says at import that it prefers a newer Node.js and at start that its pages are for development. Both are known.
const warn = console.warn
const info = console.info
console.warn = console.info = () => {}
const { Provider } = await import('oidc-provider')
console.warn = warn
console.info = info

const LASTING = ['AccessToken', 'AuthorizationCode', 'Grant', 'IdToken', 'Interaction', 'RefreshToken', 'Session']

/**
 * Starts an identity provider.
 *
 * - `accounts`: by any name, each `{ sub, email, email_verified, … }`. What is typed on the login page is the `sub`, with any
 *   password. A claim that is `undefined` isn't sent. They can be changed at any time: `upstream.accounts.vic.email = …`.
 * - `clients`: in the terms of OpenID Connect Dynamic Client Registration. `brokerClient(callback)` makes Braid's.
 * - `claimsInIdToken`: false sends email and profile on userinfo only, as the standard has it.
 * - `host`: `127.0.0.1` or `localhost`. Cookies don't mind ports, so use another one than Braid's.
 */
export async function startUpstream({ accounts = {}, clients = [], claimsInIdToken = true, host = '127.0.0.1', port } = {}) {
  port ??= await freePort()
  const issuer = `http://${host}:${port}`
  const upstream = { issuer, accounts, requests: [] }
  const provider = quietly(() => new Provider(issuer, configuration(upstream, clients, claimsInIdToken)))
  const handle = provider.callback()
  const server = createServer((request, response) => {
    upstream.requests.push(`${request.method} ${request.url.split('?')[0]}`)
    handle(request, response)
  })
  await listen(server, port)
  return Object.assign(upstream, { provider, stop: () => close(server) })
}

/** The registration of a broker: code flow with PKCE, a secret. */
export function brokerClient(callback, { id = 'braid', secret = 'a-secret-for-tests-only', ...more } = {}) {
  return {
    client_id: id,
    client_secret: secret,
    redirect_uris: [callback].flat(),
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    ...more,
  }
}

/** Signs an account in on its login page and says yes if it then asks. Ends where the browser is sent back to. */
export async function signInUpstream(page, account) {
  await page.locator('input[name=login]').fill(account.sub)
  await page.locator('input[name=password]').fill('any')
  const here = new URL(page.url()).origin
  const isAway = () => new URL(page.url()).origin !== here
  await page.locator('button[type=submit]').click()
  const consent = page.locator('form:has(input[name=prompt][value=consent]) button[type=submit]')
  await until('consent, or the way back', async () => isAway() || consent.isVisible())
  if (!isAway()) await consent.click()
}

function configuration(upstream, clients, claimsInIdToken) {
  return {
    clients,
    claims: {
      openid: ['sub', 'idp', 'upn', 'groups'],
      email: ['email', 'email_verified'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username', 'picture'],
    },
    conformIdTokenClaims: !claimsInIdToken,
    cookies: { keys: ['a-key-for-tests-only'] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    findAccount: (_context, sub) => {
      const account = Object.values(upstream.accounts).find((one) => one.sub === sub)
      return account && { accountId: sub, claims: () => ({ ...account }) }
    },
    ttl: Object.fromEntries(LASTING.map((kind) => [kind, 3600])),
  }
}

function quietly(make) {
  console.warn = console.info = () => {}
  try {
    return make()
  } finally {
    console.warn = warn
    console.info = info
  }
}
