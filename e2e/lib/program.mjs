// Programs that a test starts: their output is kept, and they end with the test.

import { spawn } from 'node:child_process'

/** Starts a program. `log()` is what it wrote so far, on both channels. */
export function startProgram(file, args, options = {}) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let log = ''
  let failure
  const ended = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }))
    child.on('error', (error) => {
      failure = error
      resolve({ code: null, signal: null })
    })
  })
  for (const channel of [child.stdout, child.stderr]) channel.setEncoding('utf8').on('data', (text) => (log += text))
  // A test that is broken off must not leave it running.
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  ended.then(() => process.off('exit', kill))
  return {
    ended,
    log: () => log,
    pid: child.pid,
    /** Throws, for good, if the program is no longer running. */
    check() {
      if (failure === undefined && child.exitCode === null && child.signalCode === null) return
      const end = failure?.message ?? `code ${child.exitCode}, signal ${child.signalCode}`
      throw Object.assign(new Error(`${file} ended (${end}). It said:\n${log}`), { final: true })
    },
    /** Asks it to end (SIGTERM; `SIGKILL` for a crash) and waits until it has. */
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

/** Runs a program to its end: `{ code, stdout, stderr }`. */
export function finished(file, args, { input, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
    const said = { stdout: '', stderr: '' }
    for (const channel of Object.keys(said)) child[channel].setEncoding('utf8').on('data', (text) => (said[channel] += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...said }))
    // It may end without reading.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
