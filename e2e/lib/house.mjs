// A whole house: an identity provider, a client and a mail server that were not written here, and Braid between them.

import { randomUUID } from 'node:crypto'
import { runBraid, startBraid } from './braid.mjs'
import { startClient } from './client.mjs'
import { freshDatabase } from './database.mjs'
import { freePort } from './net.mjs'
import { startMailServer } from './smtp.mjs'
import { brokerClient, startUpstream } from './upstream.mjs'

export const PROVIDER_SECRET = 'marker-provider-secret-2b7f'
export const CLIENT_SECRET = 'marker-client-secret-9c41'
const KEY = Buffer.alloc(32, 7).toString('base64')

/**
 * Opens a house. Realm `main`, provider `campus` (the upstream), client `wiki`.
 *
 * - `database`: `sqlite` or `postgres`
 * - `accounts`: the upstream's people, see `startUpstream`
 * - `change`: changes the configuration before it is written, `(config, places) => void`
 * - `start`: what starts Braid, in place of one `braid serve`
 */
export async function openHouse({ database = 'sqlite', accounts = {}, change = () => {}, start = startBraid, host = 'localhost' } = {}) {
  const port = await freePort()
  const origin = `http://${host}:${port}`
  const [store, client, mails] = await Promise.all([freshDatabase(database), startClient(), startMailServer()])
  const upstream = await startUpstream({
    accounts,
    clients: [brokerClient(`${origin}/broker/campus/callback`, { secret: PROVIDER_SECRET })],
  })
  const config = {
    database: store.url,
    listen: `127.0.0.1:${port}`,
    keyring: [{ id: 'tests', key: KEY }],
    'allow-internal': [new URL(upstream.issuer).host],
    realms: {
      main: {
        name: 'Example',
        origin,
        mail: { from: 'Example <login@example.org>', smtp: `smtp://127.0.0.1:${mails.port}?tls=none` },
        flows: { 'second-factor': 'second-factor' },
        limits: { 'resend-after': '1s' },
        providers: [
          { alias: 'campus', name: 'Campus', issuer: upstream.issuer, 'client-id': 'braid', 'client-secret': PROVIDER_SECRET },
        ],
        clients: [{ id: 'wiki', name: 'The wiki', secret: CLIENT_SECRET, 'redirect-uris': [client.redirectUri] }],
      },
    },
  }
  const house = { origin, port, config, realm: config.realms.main, upstream, client, mails }
  const others = () => Promise.all([upstream.stop(), client.stop(), mails.stop(), store.drop()])
  await change(house)
  client.use({ issuer: origin, clientId: 'wiki', clientSecret: CLIENT_SECRET })
  // A YAML file may be written as JSON.
  const braid = await start({ config: JSON.stringify(config, null, 2), port, host }).catch(async (error) => {
    // What still listens would keep this process alive, and nobody would hear of the error.
    await others()
    throw error
  })
  return Object.assign(house, {
    braid,
    rows: (sql) => store.rows(sql, braid.folder),
    /** Makes an account with a password; its address counts as proved. Gives its canonical subject. */
    async account({ username = `u${randomUUID().slice(0, 8)}`, email, password }) {
      const args = ['admin', 'bootstrap', '--config', 'braid.yaml', '--realm', 'main', '--username', username]
      if (email) args.push('--email', email)
      await runBraid([...args, '--password-stdin'], { cwd: braid.folder, input: `${password}\n` })
      const [{ subject }] = await house.rows(`SELECT subject FROM users WHERE username = '${username}'`)
      return { username, email, password, subject }
    },
    /** The links of an account, by its subject. */
    links: (subject) =>
      house.rows(
        `SELECT provider, linked_identities.subject, is_primary, proof FROM linked_identities JOIN users ON users.id = user_id WHERE users.subject = '${subject}'`,
      ),
    async close() {
      await braid.stop()
      await others()
    },
  })
}

