// Starts the application on PyPI's Authlib, client_authlib.py.

import { fileURLToPath } from 'node:url'
import { freePort, until } from './net.mjs'
import { startProgram } from './program.mjs'
import { python } from './settings.mjs'

const SCRIPT = fileURLToPath(new URL('client_authlib.py', import.meta.url))

/** Starts it for one issuer and client (no secret: a public client). Its redirect URI is `http://127.0.0.1:PORT/callback`. */
export async function startAuthlibClient({ issuer, clientId, clientSecret, scope = 'openid profile email', port }) {
  port ??= await freePort()
  const secret = clientSecret ? [clientSecret] : []
  const program = startProgram(python, [SCRIPT, String(port), issuer, clientId, scope, ...secret])
  const origin = `http://127.0.0.1:${port}`
  await until('the Authlib client', () => {
    program.check()
    return program.log().includes(origin)
  })
  return {
    origin,
    loginUri: `${origin}/login`,
    log: program.log,
    refresh: () => json(`${origin}/refresh`),
    userinfo: () => json(`${origin}/userinfo`),
    stop: () => program.stop(),
  }
}

async function json(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return response.json()
}
