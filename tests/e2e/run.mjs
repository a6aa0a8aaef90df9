// Browser tests of the whole program: `node run.mjs [WORDS OF A SENTENCE]`.
//   ANLAN_BIN   the program            ANLAN_WEB   its pages, where the program carries none
//   SHOTS       folder for pictures of every page
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runAll } from './lib/runner.mjs'
import { startServer } from './lib/server.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const results = `${here}results`
const wanted = process.argv[2]

rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })
for (const file of readdirSync(here).sort()) if (file.endsWith('.test.mjs')) await import(`./${file}`)

const started = Date.now()
const server = await startServer(results)
const score = await runAll(server, results, wanted)
const how = await server.stop()
if (how === 0) score.passed += 1
else score.failed += 1
const sentence = 'the program served all of this and stopped when told'
console.log(how === 0 ? `ok      ${sentence}` : `not ok  ${sentence} (${how}; see results/server.log)`)
console.log(`${((Date.now() - started) / 60_000).toFixed(1)} min`)
console.log(`${score.passed} passed, ${score.failed} failed`)
process.exit(score.failed > 0 || score.passed < 2 ? 1 : 0)
