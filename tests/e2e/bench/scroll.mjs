// How much scripting and layout a frame costs while a long list is scrolled: from the browser's own trace.
//   node bench/scroll.mjs [ROWS]      default 100000; ANLAN_BIN and ANLAN_WEB as for run.mjs
// A frame is what lies between two beginnings of a main frame of the page. Counted are its outermost events of scripting,
// style and layout, in processor time of the page's main thread where the trace has it, so that a busy machine does not
// count. Printed, never judged: the budget is 8 ms.
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { Api } from '../lib/api.mjs'
import { startServer } from '../lib/server.mjs'

/* Where the page's main thread begins a frame. */
const FRAME = 'WebFrameWidgetImpl::BeginMainFrame'
const ROWS = process.argv[2] ?? '100000'
const WAYS = [
  { name: 'a turn of the wheel', speed: 3000, distance: 40_000 },
  { name: 'flung', speed: 12_000, distance: 160_000 },
  { name: 'back up, where rows were let go', speed: 12_000, distance: -160_000 },
]
const COUNTED = new Set([
  'EvaluateScript',
  'FunctionCall',
  'TimerFire',
  'FireAnimationFrame',
  'EventDispatch',
  'RunMicrotasks',
  'v8.callFunction',
  'UpdateLayoutTree',
  'Layout',
  'MinorGC',
  'MajorGC',
])

function frames(events) {
  const begin = events.filter((e) => e.name === FRAME)
  const counts = new Map()
  for (const e of begin) counts.set(`${e.pid}/${e.tid}`, (counts.get(`${e.pid}/${e.tid}`) ?? 0) + 1)
  const main = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
  const mine = events.filter((e) => `${e.pid}/${e.tid}` === main)
  const starts = mine.filter((e) => e.name === FRAME).map((e) => e.ts)
  const work = mine.filter((e) => e.ph === 'X' && COUNTED.has(e.name)).sort((a, b) => a.ts - b.ts)
  const cost = new Array(Math.max(0, starts.length - 1)).fill(0)
  let at = 0
  let end = 0
  for (const e of work) {
    if (e.ts < end) continue // inside one that is counted
    end = e.ts + e.dur
    while (at + 1 < starts.length && starts[at + 1] <= e.ts) at += 1
    if (starts.length && e.ts >= starts[0] && at < cost.length) cost[at] += (e.tdur ?? e.dur) / 1000
  }
  return cost
}

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

async function measure(page, way) {
  const session = await page.context().newCDPSession(page)
  const browser = await page.context().browser().newBrowserCDPSession()
  const events = []
  browser.on('Tracing.dataCollected', (d) => events.push(...d.value))
  await browser.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8', 'blink'] },
  })
  const box = await page.getByRole('grid').boundingBox()
  await session.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    yDistance: -way.distance,
    speed: way.speed,
    gestureSourceType: 'mouse',
  })
  await page.waitForTimeout(200)
  const ended = new Promise((resolve) => browser.once('Tracing.tracingComplete', resolve))
  await browser.send('Tracing.end')
  await ended
  const cost = frames(events)
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b)
  const over = cost.filter((ms) => ms > 8).length
  const say = (ms) => ms.toFixed(1).padStart(5)
  console.log(
    `${way.name}: ${cost.length} frames, half ${say(at(cost, 0.5))} ms, 95 % ${say(at(cost, 0.95))} ms, most ${say(cost.at(-1) ?? 0)} ms, over 8 ms: ${over}`,
  )
}

const results = mkdtempSync(join(tmpdir(), 'anlan-scroll-'))
mkdirSync(results, { recursive: true })
const server = await startServer(results, { hazards: ROWS })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  const { cookie } = await Api.signIn(server.address, 'xujing', server.passwords.xujing)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
  await context.addCookies([{ name: 'anlan_session', value: cookie, url: server.address }])
  const page = await context.newPage()
  await page.goto(`${server.address}/hazards`)
  await page.locator('[data-at]').first().waitFor()
  await page.waitForTimeout(1500)
  for (const way of WAYS) await measure(page, way)
  const held = await page.evaluate(() => document.querySelectorAll('*').length)
  console.log(`elements in the page after that: ${held}`)
} finally {
  await browser.close()
  await server.stop()
}
