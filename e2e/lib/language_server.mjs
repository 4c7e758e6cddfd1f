// An editor without a window: it speaks the Language Server Protocol with yaml-language-server, which knows nothing of Braid.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './settings.mjs'

const SERVER = path.join(root, 'e2e/node_modules/yaml-language-server/bin/yaml-language-server')

/** Starts an editor for the files of a folder. It answers with the settings that the server asks for. */
export async function startEditor({ folder, settings = {} }) {
  const child = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map()
  const reported = new Map()
  let count = 0
  let rest = Buffer.alloc(0)

  const write = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  const ask = (method, params) => new Promise((resolve, reject) => {
    waiting.set((count += 1), { resolve, reject })
    write({ id: count, method, params })
  })
  const tell = (method, params) => write({ method, params })

  const heard = (message) => {
    if (message.method === 'textDocument/publishDiagnostics') {
      const { uri, version, diagnostics } = message.params
      reported.get(`${uri} ${version ?? 1}`)?.(diagnostics)
    } else if (message.method !== undefined && message.id !== undefined) {
      const sections = message.method === 'workspace/configuration' ? message.params.items : []
      write({ id: message.id, result: sections.length > 0 ? sections.map(({ section }) => settings[section] ?? {}) : null })
    } else if (waiting.has(message.id)) {
      const { resolve, reject } = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error) reject(new Error(message.error.message))
      else resolve(message.result)
    }
  }
  child.stdout.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(rest.subarray(0, end))[1])
      if (rest.length < end + 4 + length) return
      const body = rest.subarray(end + 4, end + 4 + length)
      rest = rest.subarray(end + 4 + length)
      heard(JSON.parse(body))
    }
  })

  await ask('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {
      workspace: { configuration: true },
      textDocument: {
        publishDiagnostics: { versionSupport: true },
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] } },
        hover: { contentFormat: ['markdown', 'plaintext'] },
      },
    },
  })
  tell('initialized', {})

  return {
    /** Opens a text as a file of the folder; gives its uri and what the server has to say about it. */
    async open(name, text) {
      const uri = pathToFileURL(path.join(folder, name)).href
      const diagnostics = new Promise((resolve) => reported.set(`${uri} 1`, resolve))
      tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } })
      return { uri, diagnostics: await diagnostics }
    },
    /** What could be written at a place; lines and characters count from 0. */
    async complete(uri, line, character) {
      const { items } = await ask('textDocument/completion', { textDocument: { uri }, position: { line, character } })
      return items
    },
    /** What the server says about a place. */
    async hover(uri, line, character) {
      const said = await ask('textDocument/hover', { textDocument: { uri }, position: { line, character } })
      return said?.contents?.value ?? ''
    },
    async stop() {
      child.kill()
    },
  }
}
