// The real program over a fresh demonstration folder, on a port of its own.
import { spawn, spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GREETING = /https?:\/\/[^\s/]+/
const HAZARDS = '1000' // enough for a list to load in several pages

export async function startServer(results, { hazards = HAZARDS, options = [] } = {}) {
  const program = process.env.ANLAN_BIN
  if (!program) throw new Error('ANLAN_BIN names no program; ./test sets it')
  const folder = mkdtempSync(join(tmpdir(), 'anlan-e2e-'))
  const made = spawnSync(program, ['demo', '--city', 'small', '--data', folder, '--scale', hazards], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`anlan demo failed:\n${made.stdout}${made.stderr}`)

  const web = process.env.ANLAN_WEB ? ['--web', process.env.ANLAN_WEB] : []
  const child = spawn(program, ['serve', '--data', folder, '--listen', '127.0.0.1:0', ...web, ...options])
  const log = createWriteStream(join(results, 'server.log'))
  child.stderr.pipe(log)
  let ended = null
  const end = new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      ended = signal ?? code
      resolve(ended)
    })
  })
  const address = await new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (bytes) => {
      said += bytes
      const found = GREETING.exec(said)
      if (found) resolve(found[0])
    })
    end.then((how) => reject(new Error(`anlan serve ended at once (${how}); see ${join(results, 'server.log')}`)))
  })
  const accounts = JSON.parse(readFileSync(join(folder, 'demo-accounts.json'), 'utf8'))

  return {
    address,
    passwords: Object.fromEntries(accounts.map((a) => [a.name, a.password])),
    // The exit status once told to stop: 0 unless the program or a sanitizer found something wrong.
    async stop() {
      if (ended === null) child.kill('SIGTERM')
      const how = await Promise.race([
        end,
        new Promise((r) => setTimeout(() => r('no answer to SIGTERM'), 10_000).unref()),
      ])
      if (ended === null) child.kill('SIGKILL')
      log.end()
      rmSync(folder, { recursive: true, force: true })
      return how
    },
  }
}
