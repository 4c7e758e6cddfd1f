// A house with several providers in front of it. They are npm `oidc-provider` all, each with people and sessions of its own, and one
// of them may stand behind several aliases with different settings.

import { openHouse } from './house.mjs'
import { runBraid } from './braid.mjs'
import { brokerClient, signInUpstream, startUpstream } from './upstream.mjs'

const SECRET = 'marker-secret-of-the-street'

/**
 * Opens a house on a street.
 *
 * - `upstreams`: by name, each `{ aliases: { ALIAS: settings }, … }`: the providers of Braid's realm that lead there, with their keys in
 *   `braid.yaml`; the rest goes to `startUpstream`
 * - `realm`: more keys of the realm, such as `linking-rules`
 * - `flows`: the folder of the operator's own flows
 * - `database`, `start`: as `openHouse` has them
 *
 * What it adds to a house: `street.NAME` is an upstream, `braid(...)` runs a command on the realm, `settings(subject)` lists identities.
 */
export async function openStreet({ upstreams, realm = {}, flows, ...options }) {
  const street = {}
  const change = async (house) => {
    const providers = []
    for (const [name, { aliases, ...rest }] of Object.entries(upstreams)) {
      const callbacks = Object.keys(aliases).map((alias) => [alias, `${house.origin}/broker/${alias}/callback`])
      const clients = callbacks.map(([alias, callback]) => brokerClient(callback, { id: alias, secret: SECRET }))
      const upstream = (street[name] = await startUpstream({ clients, ...rest }))
      house.config['allow-internal'].push(new URL(upstream.issuer).host)
      for (const [alias, keys] of Object.entries(aliases)) {
        const to = { issuer: upstream.issuer, 'client-id': alias, 'client-secret': SECRET }
        providers.push({ alias, name: alias[0].toUpperCase() + alias.slice(1), ...to, ...keys })
      }
    }
    Object.assign(house.realm, { ...realm, providers })
    if (flows) house.config.flows = flows
  }
  const upstreamsStop = () => Promise.all(Object.values(street).map((upstream) => upstream.stop()))
  const house = await openHouse({ ...options, change }).catch(async (error) => {
    await upstreamsStop()
    throw error
  })
  const command = (...args) => runBraid([...args, '--config', 'braid.yaml', '--realm', 'main'], { cwd: house.braid.folder })
  const close = house.close
  return Object.assign(house, {
    street,
    command,
    /** The identities of an account, as the command line tells them. */
    identities: async (subject) => JSON.parse((await command('identity', 'list', subject, '--json')).stdout),
    async close() {
      await close()
      await upstreamsStop()
    },
  })
}

/** Goes to the client and on to a provider, and signs in there. */
export async function comesThrough(person, house, alias, account) {
  await person.goto(`${house.client.loginUri}?provider-hint=${alias}`)
  await signInUpstream(person.page, account)
  await person.settles()
}

/** Waits until the client shows what it learned, and gives the claims. */
export async function learns(person, house) {
  await person.reaches(`${house.client.origin}/callback?**`)
  const { claims, ...trouble } = await person.document()
  if (!claims) throw new Error(JSON.stringify(trouble))
  return claims
}
