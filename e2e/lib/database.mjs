// Databases for Braid, and a look into them from outside.

import { randomUUID } from 'node:crypto'
import { finished } from './program.mjs'
import { postgres, python } from './settings.mjs'

// The Python that the tests have anyway reads SQLite.
const READ = `
import json, sqlite3, sys
database = sqlite3.connect("braid.db", timeout=20)
database.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in database.execute(sys.argv[1])]))
`

/**
 * A database that nobody has used: `sqlite` is a file in Braid's folder, `postgres` a database of its own on the server that
 * `BRAID_TEST_POSTGRES` names. `rows(sql, folder)` reads, `drop()` removes.
 */
export async function freshDatabase(kind) {
  if (kind === 'sqlite') {
    return {
      url: 'sqlite:braid.db',
      rows: rowsOfFile,
      drop: () => {},
    }
  }
  const name = `e2e_${randomUUID().replaceAll('-', '')}`
  const url = new URL(postgres)
  await psql(url.href, `CREATE DATABASE ${name}`)
  url.pathname = `/${name}`
  return {
    url: url.href,
    rows: async (sql) => JSON.parse(await psql(url.href, `SELECT coalesce(json_agg(found), '[]') FROM (${sql}) AS found`)),
    drop: () => psql(postgres, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

/** Reads the SQLite database of a folder. */
export async function rowsOfFile(sql, folder) {
  return JSON.parse(await said(python, ['-c', READ, sql], { cwd: folder }))
}

const psql = (url, sql) => said('psql', ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--dbname', url, '--command', sql])

async function said(file, args, options) {
  const { code, stdout, stderr } = await finished(file, args, options)
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${stderr}`)
  return stdout
}
