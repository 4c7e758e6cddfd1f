// Identity providers in a bad state, on the bare HTTP server.

import { createServer } from 'node:http'
import { close, freePort, listen } from './net.mjs'

/**
 * Starts something that should be an identity provider:
 *
 * - `garbage`: answers everything with something that is no JSON
 * - `hangs`: takes requests and never answers
 * - `down`: nobody listens there
 * - `liar`: sends the browser back at once, with a code for which it gives garbage
 */
export async function startOddUpstream(kind) {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  if (kind === 'down') return { issuer, stop: () => {} }
  const server = createServer(ANSWERS[kind](issuer))
  await listen(server, port)
  return { issuer, stop: () => close(server) }
}

const garbage = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"issuer": <oops>')

const ANSWERS = {
  garbage: () => garbage,
  hangs: () => () => {},
  liar: (issuer) => (request, response) => {
    const url = new URL(request.url, issuer)
    if (url.pathname === '/.well-known/openid-configuration') return discovery(issuer, response)
    if (url.pathname !== '/authorize') return garbage(request, response)
    const back = new URL(url.searchParams.get('redirect_uri'))
    back.searchParams.set('code', 'marker-upstream-code')
    back.searchParams.set('state', url.searchParams.get('state'))
    return response.writeHead(303, { location: back.href }).end()
  },
}

function discovery(issuer, response) {
  const document = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
}
