// A test is a sentence and a function. The runner gives it pages in a browser context of their own, watches them for
// what no page may do, and takes a picture of each when the test fails.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { Api } from './api.mjs'

const PATIENCE = 10_000 // one expectation, on a slow machine with a sanitized program
const LIMIT = 120_000 // one test

const tests = []

export function test(sentence, run) {
  tests.push({ sentence, run })
}

// A refusal by the interface is an answer and no fault of the page; Chromium writes it to the console all the same.
function isAnswer(message) {
  return /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text())
}

class Stage {
  constructor(browser, server) {
    this.browser = browser
    this.address = server.address
    this.passwords = server.passwords
    this.signedIn = {}
    this.faults = []
    this.pages = []
    this.contexts = []
  }

  // A session of that person, the same in all tests.
  async api(who) {
    return (this.signedIn[who] ??= await Api.signIn(this.address, who, this.passwords[who]))
  }

  // The same on another server, for what would change the world of all tests: its clock. The faults of its pages are ours.
  at(server) {
    const other = new Stage(this.browser, server)
    Object.assign(other, { faults: this.faults, pages: this.pages, contexts: this.contexts })
    return other
  }

  // A server is stopped after its pages have gone: they would go on asking for it.
  async leave() {
    for (const page of this.pages.filter((p) => !p.isClosed() && p.url().startsWith(this.address))) await page.goto('about:blank')
  }

  watch(page) {
    this.pages.push(page)
    page.on('console', (m) => {
      if (m.type() === 'error' && !isAnswer(m)) this.faults.push(`console of ${page.url()}: ${m.text()}`)
    })
    page.on('pageerror', (e) => this.faults.push(`uncaught in ${page.url()}: ${e.stack ?? e.message}`))
    page.on('response', (r) => {
      if (r.status() >= 500) this.faults.push(`${r.status()} from ${r.url()}`)
    })
    page.on('request', (r) => {
      const url = new URL(r.url())
      if (url.origin !== this.address && !['data:', 'blob:'].includes(url.protocol))
        this.faults.push(`${page.url()} asks ${r.url()}`)
    })
  }

  // A browser of somebody's own: nobody (null) or a person who has signed in.
  async context(who, { width = 1440, height = 900, scheme = 'light', locale = 'zh-CN' } = {}) {
    const options = {
      baseURL: this.address,
      viewport: { width, height },
      colorScheme: scheme,
      locale,
      timezoneId: 'Asia/Shanghai',
      reducedMotion: 'reduce',
      hasTouch: width <= 640,
      acceptDownloads: true,
    }
    if (who) {
      const { cookie } = await this.api(who)
      options.storageState = {
        cookies: [
          {
            name: 'anlan_session',
            value: cookie,
            domain: '127.0.0.1',
            path: '/',
            expires: -1,
            httpOnly: true,
            secure: false,
            sameSite: 'Strict',
          },
        ],
        origins: [],
      }
    }
    const context = await this.browser.newContext(options)
    context.setDefaultTimeout(PATIENCE)
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) =>
        console.error(
          `content security policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`,
        ),
      )
    })
    context.on('page', (page) => this.watch(page))
    this.contexts.push(context)
    return context
  }

  async open(who, path, options) {
    const page = await (await this.context(who, options)).newPage()
    await page.goto(path)
    return page
  }

  async pictures(folder, sentence) {
    for (const [i, page] of this.pages.entries()) {
      const name = `${sentence.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80)}-${i + 1}.png`
      await page.screenshot({ path: join(folder, name), timeout: 5000 }).catch(() => undefined)
    }
  }

  async clear() {
    for (const c of this.contexts) await c.close().catch(() => undefined)
    this.contexts = []
    this.pages = []
    this.faults = []
  }
}

function within(ms, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms / 1000} s`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}

export async function runAll(server, results, wanted) {
  const stage = new Stage(await launch(), server)
  const score = { passed: 0, failed: 0 }
  for (const { sentence, run } of tests) {
    if (wanted && !sentence.includes(wanted)) continue
    const started = Date.now()
    let failure = null
    try {
      await within(LIMIT, run(stage))
      if (stage.faults.length) failure = new Error([...new Set(stage.faults)].join('\n'))
    } catch (e) {
      failure = e
      if (stage.faults.length) failure.message += `\nand: ${[...new Set(stage.faults)].join('\n')}`
    }
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    if (failure) {
      score.failed += 1
      console.log(`not ok  ${sentence} (${seconds} s)`)
      console.log(String(failure.message).replace(/^/gm, '        '))
      const where = String(failure.stack)
        .split('\n')
        .find((l) => l.includes('.test.mjs'))
      if (where) console.log(`        ${where.trim().replace(/\(?file:.*\/(?=[^/]*\.test\.mjs)/, '')}`)
      await stage.pictures(results, sentence)
    } else {
      score.passed += 1
      console.log(`ok      ${sentence} (${seconds} s)`)
    }
    await stage.clear()
    // a browser that died took one test with it; the others get a new one
    if (!stage.browser.isConnected()) stage.browser = await launch()
  }
  await stage.browser.close()
  return score
}

// Asks again until the answer holds; the last failure is the one reported.
export async function until(check, ms = PATIENCE) {
  const end = Date.now() + ms
  for (;;) {
    try {
      return await check()
    } catch (e) {
      if (Date.now() >= end) throw e
      await new Promise((r) => setTimeout(r, 50))
    }
  }
}

// A picture for people to look at, where SHOTS names a folder.
export async function shot(page, name) {
  if (!process.env.SHOTS) return
  const path = join(process.env.SHOTS, `${name}.png`)
  mkdirSync(dirname(path), { recursive: true })
  await page.screenshot({ path })
}
