// Braid itself: the built binary, in a folder of its own.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, until } from './net.mjs'
import { finished, startProgram } from './program.mjs'
import * as settings from './settings.mjs'

/**
 * Starts `braid serve` on a configuration and waits until it answers on its port.
 *
 * - `config`: the YAML text, or a function that makes it from `{ port, origin, folder }`
 * - `files`: more files for its folder, by name
 * - `env`: more variables
 * - `args`: more arguments, such as `--log-level trace`
 */
export async function startBraid({ config, files = {}, env = {}, args = [], port, host = 'localhost' }) {
  port ??= await freePort()
  const origin = `http://${host}:${port}`
  const folder = await mkdtemp(path.join(tmpdir(), 'braid-e2e-'))
  const text = typeof config === 'function' ? config({ port, origin, folder }) : config
  for (const [name, content] of Object.entries({ ...files, 'braid.yaml': text })) {
    await writeFile(path.join(folder, name), content)
  }
  return running(['serve', '--config', 'braid.yaml', ...args], { folder, port, origin, env })
}

/** Runs one command of Braid's to its end and gives what it said; `code` is what it must end with. */
export async function runBraid(args, { code = 0, ...options } = {}) {
  const ended = await finished(settings.binary, args, options)
  if (ended.code !== code) throw new Error(`braid ${args.join(' ')} ended with ${ended.code}:\n${ended.stderr}${ended.stdout}`)
  return ended
}

/** Starts `braid demo` and waits for a line of its log that matches `ready`. */
export async function startDemo({ args = [], env = {}, ready }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'braid-e2e-'))
  return running(['demo', ...args], { folder, env, ready })
}

async function running(args, { folder, port, origin, env, ready }) {
  const start = async () => {
    const program = startProgram(settings.binary, args, { cwd: folder, env: { ...process.env, ...env } })
    const answers = () => (ready ? ready.test(program.log()) : isAnswering(port))
    try {
      await until('Braid', async () => {
        program.check()
        return answers()
      })
    } catch (error) {
      await program.stop('SIGKILL')
      throw new Error(`Braid is not ready. Its log:\n${program.log()}`, { cause: error })
    }
    return program
  }
  let program
  let before = ''
  const stop = async (signal) => {
    await program.stop(signal)
    before += program.log()
  }
  const braid = {
    origin,
    port,
    folder,
    /** Everything it logged, over restarts. */
    log: () => before + (program.stopped ? '' : program.log()),
    /** Ends it and starts it again on the same folder and port; `SIGKILL` is a crash. */
    async restart(signal) {
      await stop(signal)
      program = await start()
    },
    /** Ends it and removes its folder. The log stays readable. */
    async stop(signal) {
      await stop(signal)
      program.stopped = true
      await rm(folder, { recursive: true, force: true })
    },
  }
  try {
    program = await start()
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return braid
}

/** Whether anything answers there in HTTP: any status will do. */
async function isAnswering(port) {
  const response = await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' })
  await response.arrayBuffer()
  return true
}
