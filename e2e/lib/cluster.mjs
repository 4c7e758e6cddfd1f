// Several Braid processes on one database, behind one address.

import { connect, createServer } from 'node:net'
import { startBraid } from './braid.mjs'
import { freePort, listen } from './net.mjs'

/** Starts `count` nodes at once and a balancer on `port`. To be given to `openHouse` as `start`. */
export async function startCluster({ config, port, host, count = 2 }) {
  const node = async () => {
    const own = await freePort()
    return startBraid({ config, port: own, host, env: { BRAID_LISTEN: `127.0.0.1:${own}` } })
  }
  const nodes = await Promise.all(Array.from({ length: count }, node))
  const balancer = new Balancer(nodes.map((one) => one.port))
  await balancer.start(port).catch(async (error) => {
    await Promise.all(nodes.map((one) => one.stop()))
    throw error
  })
  return {
    nodes,
    balancer,
    folder: nodes.at(-1).folder,
    log: () => nodes.map((one) => one.log()).join(''),
    async stop() {
      await balancer.stop()
      await Promise.all(nodes.map((one) => one.stop()))
    },
  }
}

/** Gives each connection to the next node; to another one if that doesn't answer. */
class Balancer {
  #ports
  #turn = 0
  #pinned
  #sockets = new Set()

  constructor(ports) {
    this.#ports = ports
    /** How many connections each node got. */
    this.given = ports.map(() => 0)
  }

  async start(port) {
    this.server = await listen(createServer((socket) => this.#take(socket)), port)
  }

  async stop() {
    const stopped = new Promise((resolve) => this.server.close(resolve))
    await this.#hangUp()
    await stopped
  }

  /** From now on everybody is sent to this node (none: to each in turn). Nobody may be in the middle of a request. */
  async pin(node) {
    this.#pinned = node
    await this.#hangUp()
  }

  /** Ends all connections, and waits until the other side has noticed. */
  async #hangUp() {
    const closed = (socket) => new Promise((resolve) => socket.destroyed ? resolve() : socket.once('close', resolve).end())
    await Promise.all([...this.#sockets].map(closed))
  }

  #take(socket) {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    this.#turn += 1
    this.#give(socket, this.#pinned ?? this.#turn % this.#ports.length, this.#ports.length)
  }

  #give(socket, node, tries) {
    const backend = connect(this.#ports[node], '127.0.0.1')
    let connected = false
    backend.once('connect', () => {
      connected = true
      this.given[node] += 1
      socket.pipe(backend).pipe(socket)
    })
    backend.once('error', () => {
      if (!connected && tries > 1) this.#give(socket, (node + 1) % this.#ports.length, tries - 1)
      else socket.destroy()
    })
    socket.on('close', () => backend.destroy())
    backend.on('close', () => connected && socket.destroy())
  }
}
