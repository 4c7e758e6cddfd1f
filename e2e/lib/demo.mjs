// `braid demo`, and its tour as it is printed.

import path from 'node:path'
import { startDemo } from './braid.mjs'
import { rowsOfFile } from './database.mjs'
import { freePort, freePorts, until } from './net.mjs'

/** Starts a demo of its own: other ports, fresh data. */
export async function openDemo() {
  const [port, application, mailbox] = [await freePorts(3), await freePort(), await freePort()]
  const ports = { '--port': port, '--application-port': application, '--mailbox-port': mailbox }
  const args = Object.entries(ports).flatMap(([name, value]) => [name, String(value)])
  const braid = await startDemo({ args: [...args, '--data', 'data', '--fresh'], ready: /Ctrl-C ends the demo/ })
  const mailboxUrl = `http://localhost:${mailbox}`
  return {
    braid,
    origin: `http://localhost:${port}`,
    application: `http://localhost:${application}`,
    mailbox: mailboxUrl,
    /** The story with this title: where it begins, and the people in it by place, `{ start, at: { Campus: { username, password } } }`. */
    story: (title) => story(braid.log(), title),
    rows: (sql) => rowsOfFile(sql, path.join(braid.folder, 'data')),
    /** Waits for the newest mail to an address, and gives the page in the mailbox where it can be read. */
    mailTo: (address, subject) => until(`a mail to ${address}`, () => newest(mailboxUrl, address, subject)),
    stop: () => braid.stop(),
  }
}

function story(log, title) {
  const part = log.split(/\n\d+\. /).find((text) => text.startsWith(`${title}\n`))
  if (!part) throw new Error(`the tour has no story “${title}”:\n${log}`)
  const people = [...part.matchAll(/Sign in at (\w+) as (\w+) with (\S+)\.\n/g)]
  const at = Object.fromEntries(people.map(([, place, username, password]) => [place, { username, password }]))
  return { start: part.match(/https?:\S+/)[0], at, text: part }
}

async function newest(mailbox, address, subject) {
  const page = await (await fetch(mailbox)).text()
  const mails = [...page.matchAll(/<a href="(\/mail\/\d+)"><strong><bdi>([^<]*)<\/bdi><\/strong><small>to <bdi>([^<]*)</g)]
  const found = mails.find(([, , title, to]) => to === address && title.includes(subject))
  return found && `${mailbox}${found[1]}`
}
