// A mail server (npm `smtp-server`) that keeps what it gets, byte for byte, and can be in a bad mood.

import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { close, freePort, listen, until } from './net.mjs'

/** Starts a mail server. `port` is fixed, so that it can be stopped and started again at the same place. */
export async function startMailServer({ port } = {}) {
  const mails = new MailServer(port ?? (await freePort()))
  await mails.start()
  return mails
}

class MailServer {
  #server
  #refusal

  constructor(port) {
    this.host = '127.0.0.1'
    this.port = port
    /** Everything accepted, oldest first: `{ from, to: [address], raw: Buffer }`. */
    this.messages = []
    /** How many connections there were, also those that were refused. */
    this.connections = 0
  }

  /** Starts listening. What arrived before is still there. */
  async start() {
    const answer = (stage, done) => {
      if (this.#refusal?.at === stage) done(Object.assign(new Error(this.#refusal.text), { responseCode: this.#refusal.code }))
      else done()
    }
    this.#server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onConnect: (_session, done) => {
        this.connections += 1
        answer('connect', done)
      },
      onMailFrom: (_address, _session, done) => answer('mail', done),
      onRcptTo: (_address, _session, done) => answer('rcpt', done),
      onData: (stream, session, done) => this.#receive(stream, session, (error) => (error ? done(error) : answer('data', done))),
    })
    this.#server.on('error', () => {})
    await listen(this.#server, this.port)
  }

  /** Stops listening: connections are refused until `start`. */
  stop() {
    return close(this.#server)
  }

  /** Refuses from now on: at `connect`, `mail`, `rcpt` or `data` (after the whole message), with a 4xx or 5xx code. */
  refuse({ at = 'rcpt', code = 451, text = 'not now' } = {}) {
    this.#refusal = { at, code, text }
  }

  /** Accepts again. */
  accept() {
    this.#refusal = undefined
  }

  /** All messages to an address, oldest first. */
  to(address) {
    return this.messages.filter((message) => message.to.includes(address))
  }

  /** Waits until there are `count` messages to an address, and gives the newest one, read: see `read`. */
  async latestTo(address, { count = 1 } = {}) {
    await until(`mail ${count} to ${address}`, () => this.to(address).length >= count)
    return read(this.to(address).at(-1))
  }

  #receive(stream, session, done) {
    const chunks = []
    stream.on('data', (chunk) => chunks.push(chunk))
    stream.on('error', done)
    stream.on('end', () => {
      if (this.#refusal?.at !== 'data') {
        const { mailFrom, rcptTo } = session.envelope
        this.messages.push({ from: mailFrom.address, to: rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks) })
      }
      done()
    })
  }
}

/** The message as a mail program sees it: `{ subject, text, html, headers, links }`, with the envelope beside it. */
export async function read(message) {
  const { subject, text = '', html = '', headers } = await PostalMime.parse(message.raw)
  const links = text.match(/https?:\/\/[^\s<>"]+/g) ?? []
  return { ...message, subject, text, html, headers, links }
}
