// Where things are. `cargo xtask test` says so by variables; run by hand, the usual places are good.

import { setDefaultResultOrder } from 'node:dns'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { webcrypto } from 'node:crypto'

// Node.js 18, which is Debian 12's, has no such global yet, and openid-client asks for it.
globalThis.crypto ??= webcrypto

// Braid listens on 127.0.0.1, and `localhost` may name another address first.
setDefaultResultOrder('ipv4first')

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const target = process.env.BRAID_TARGET ?? path.join(root, 'target')
export const binary = path.join(target, 'debug', 'braid')
export const python = process.env.BRAID_PYTHON ?? path.join(target, 'venv', 'bin', 'python')
export const postgres = process.env.BRAID_TEST_POSTGRES

export function chromium() {
  const file = process.env.BRAID_CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(file)) throw new Error(`there is no Chromium at ${file}: \`cargo xtask setup\` installs it`)
  return file
}
