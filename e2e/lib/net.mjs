// Ports, and waiting for something to become true.

import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Where ports are looked for: below those that systems give to outgoing connections, of which these tests have many at any time. */
const [LOWEST, HIGHEST] = [12_000, 32_000]

/** A port that was free a moment ago, so that programs can be told of each other before they start. */
export async function freePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    try {
      await close(await listen(createServer(), port))
      return port
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error
    }
  }
}

/** The first of several ports in a row that were free a moment ago. */
export async function freePorts(count) {
  for (;;) {
    const first = await freePort()
    const claims = Array.from({ length: count }, (_, at) => listen(createServer(), first + at))
    const servers = await Promise.allSettled(claims)
    await Promise.all(servers.map(({ value }) => value && close(value)))
    if (servers.every(({ status }) => status === 'fulfilled')) return first
  }
}

/** Makes a server listen on the loopback interface. */
export function listen(server, port) {
  // Node.js would close an idle connection after five seconds, perhaps while a browser sends its next request on it.
  server.keepAliveTimeout = 0
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

/** Stops a server and drops its connections. */
export function close(server) {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections?.()
  return closed
}

/** Asks again and again until the answer is neither empty nor an error, and gives the answer back. */
export async function until(what, ask, { seconds = 20 } = {}) {
  let last
  for (let tries = seconds * 20; tries > 0; tries -= 1) {
    try {
      const answer = await ask()
      if (answer) return answer
    } catch (error) {
      if (error.final) throw error
      last = error
    }
    await pause(50)
  }
  throw new Error(`waited ${seconds} s in vain for ${what}`, { cause: last })
}
