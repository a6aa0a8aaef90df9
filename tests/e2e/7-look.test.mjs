// Every page as it looks: readable by machines, whole at every width, in both languages, light and dark, and not heavy.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { axeFaults } from './lib/axe.mjs'
import { shot, test, until } from './lib/runner.mjs'

const MOST_KB = 450 // scripts and styles of the first page, compressed
const PHONE_KB = 250
const FETCH_OTHERS_MS = 1500 // web/src/router.ts
const ledger = readFileSync(new URL('cases/enterprises.csv', import.meta.url))

// An import that was checked, and one that was run: the same for all pictures.
const made = {}

async function upload(api, name, body) {
  let item = await api.ask('POST', `/enterprises/import?name=${encodeURIComponent(name)}`, { body, type: 'text/csv' })
  await until(async () => {
    item = await api.get(`/imports/${item.id}`)
    assert.equal(item.state, 'checked')
  })
  return item
}

async function checkedImport(api) {
  made.checked ??= await upload(api, '企业台账（街道报送）.csv', ledger)
  return `/imports/${made.checked.id}`
}

async function doneImport(api) {
  if (!made.done) {
    const item = await upload(api, '补报.csv', '企业名称,所在乡镇\n城关镇图样印刷厂,城关镇\n城关镇镜框店,不知何处\n')
    await api.ask('POST', `/imports/${item.id}/run`, { json: {} })
    await until(async () => assert.equal((await api.get(`/imports/${item.id}`)).state, 'imported'))
    made.done = item
  }
  return `/imports/${made.done.id}`
}
const press = (page, zh, en) =>
  page
    .getByRole('button', { name: new RegExp(`^(${zh}|${en})`) })
    .first()
    .click()

/* What is not expected of the reader stands behind one button. */
async function pressOther(page, zh, en) {
  await press(page, '其他办理', 'Other steps')
  await page.getByRole('menuitem', { name: new RegExp(`^(${zh}|${en})`) }).click()
  await page.getByRole('dialog').waitFor()
}

// Pages and what may stand open over them. `to` may be a function of a person's interface. Where a thing is reached
// differently on the phone, `phone: false` leaves it to the wide page; `wide: false` is the phone's alone.
const someHazard = (words) => async (api) => `/hazards/${(await api.find('hazards', words)).id}`
const firm = async (api) => `/enterprises/${(await api.find('enterprises', '禾川')).id}`
const list = (page) => page.locator('[data-at]').first().waitFor()
const facts = (page) => page.getByRole('tabpanel').locator('dl').first().waitFor()

const views = [
  { name: 'sign-in', who: null, to: '/sign-in', ready: (p) => p.getByRole('button', { name: /许静/ }).waitFor() },
  ...['hazards', 'enterprises', 'facilities', 'regions', 'organisations', 'accounts'].map((kinds) => ({
    name: kinds,
    to: `/${kinds}`,
    ready: list,
  })),
  {
    name: 'workbench',
    to: '/',
    ready: (p) => p.locator('.waiting, .empty, .strip').first().waitFor(),
  },
  {
    name: 'search-page',
    to: '/search?q=配电箱',
    ready: (p) => p.getByRole('tabpanel').getByRole('listitem').first().waitFor(),
  },
  { name: 'bin', to: '/bin', ready: (p) => p.getByRole('tablist').waitFor() },
  {
    name: 'list-empty',
    to: '/hazards?state=found&due.before=2001-01-01',
    ready: (p) => p.getByRole('button', { name: /^(去掉这个条件|Drop|Remove)/ }).first().waitFor(),
  },
  {
    name: 'list-bin',
    to: '/hazards?removed=true',
    ready: (p) =>
      p
        .locator('.said')
        .getByText(/回收站|bin/i)
        .waitFor(),
  },
  { name: 'hazard', to: someHazard('粉尘除尘'), ready: facts },
  {
    name: 'hazard-history',
    to: someHazard('喷漆房可燃'),
    ready: facts,
    open: (p) =>
      p
        .setViewportSize({ width: 1000, height: 900 })
        .then(() => p.getByRole('tab', { name: /经过|Course|History/ }).click()),
    phone: false,
  },
  { name: 'enterprise', to: firm, ready: facts },
  {
    name: 'grid',
    to: '/grid?within=990102000000',
    ready: (p) => p.locator('.map .plate').first().waitFor(),
    open: (p) => press(p, '核对边界', 'Check boundaries').then(() => p.getByText(/严丝合缝|below fit/).waitFor()),
  },
  { name: 'paper', to: '/papers/1', ready: facts },
  {
    name: 'paper-drawer',
    to: someHazard('粉尘除尘'),
    ready: facts,
    open: (p) => press(p, '出文书', 'Issue a paper').then(() => p.getByRole('dialog').waitFor()),
  },
  {
    name: 'verify',
    who: null,
    to: async (api) => `/verify/${(await api.get('/papers/1')).check_code}`,
    ready: (p) => p.getByRole('heading', { name: /文书真实有效|Genuine/ }).waitFor(),
  },
  { name: 'account', to: async (api) => `/accounts/${(await api.me()).id}`, ready: facts },
  { name: 'hazard-new', to: '/hazards/new', ready: (p) => p.locator('#new-description').waitFor() },
  { name: 'enterprise-new', to: '/enterprises/new', ready: (p) => p.locator('#new-name').waitFor() },
  {
    name: 'hazard-new-refused',
    to: '/hazards/new',
    ready: (p) => p.locator('#new-description').waitFor(),
    open: (p) =>
      p
        .locator('.bar .btn.main')
        .click()
        .then(() => p.getByRole('alert').waitFor()),
  },
  {
    name: 'hazard-edit',
    to: someHazard('粉尘除尘'),
    ready: facts,
    open: (p) => press(p, '修改', 'Edit|Change').then(() => p.getByRole('dialog').waitFor()),
  },
  {
    name: 'move-dialog',
    to: someHazard('木屑未当日'),
    ready: facts,
    open: (p) => pressOther(p, '定级', 'Classify'),
  },
  {
    name: 'move-five',
    to: someHazard('防雷检测'),
    ready: facts,
    open: (p) => pressOther(p, '五落实交办', 'Assign'),
  },
  {
    name: 'move-files',
    to: someHazard('叉车未按期'),
    ready: facts,
    open: (p) => pressOther(p, '提交整改', 'Submit'),
  },
  {
    name: 'bin-dialog',
    to: someHazard('木屑未当日'),
    ready: facts,
    open: async (p) => {
      await p
        .getByRole('main')
        .getByRole('button', { name: /^(更多|More)$/ })
        .first()
        .click()
      await p.getByRole('menuitem', { name: /移入回收站|bin/ }).click()
      await p.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'filter-state',
    to: '/hazards',
    ready: list,
    open: (p) => press(p, '隐患状态', 'State').then(() => p.getByRole('dialog').waitFor()),
  },
  {
    name: 'filter-region',
    to: '/hazards',
    ready: list,
    open: (p) => press(p, '属地', 'Area').then(() => p.getByRole('dialog').getByRole('listitem').first().waitFor()),
  },
  {
    name: 'filter-due',
    to: '/hazards',
    ready: list,
    open: (p) => press(p, '整改期限', 'Fix by').then(() => p.getByRole('dialog').waitFor()),
  },
  {
    name: 'filters-all',
    to: '/hazards',
    ready: list,
    open: (p) => press(p, '更多条件', 'More (filters|conditions)').then(() => p.getByRole('dialog').waitFor()),
  },
  {
    name: 'columns',
    to: '/hazards',
    ready: list,
    open: (p) => press(p, '列 ', 'Columns').then(() => p.getByRole('dialog').waitFor()),
    phone: false,
  },
  {
    name: 'search',
    to: '/hazards',
    ready: list,
    open: async (p) => {
      if (p.viewportSize().width <= 640) await press(p, '全站搜索', 'Search')
      await p.getByRole('combobox', { name: /全站搜索|Search/ }).fill('禾川')
      await p.getByRole('option').first().waitFor()
    },
  },
  {
    name: 'user-menu',
    to: '/hazards',
    ready: list,
    open: (p) =>
      p
        .getByRole('banner')
        .getByRole('button', { name: /许静|账号菜单|Account/ })
        .click()
        .then(() => p.getByRole('menu').waitFor()),
  },
  {
    name: 'import',
    to: '/enterprises/import',
    ready: (p) =>
      p
        .getByText(/还没有导入过|以前的导入|imported/)
        .first()
        .waitFor(),
  },
  { name: 'import-checked', to: checkedImport, ready: (p) => p.locator('.sum').waitFor() },
  {
    name: 'import-columns',
    to: checkedImport,
    ready: (p) => p.locator('.sum').waitFor(),
    open: async (p) => {
      const phone = p.viewportSize().width <= 640
      await p
        .getByRole(phone ? 'tab' : 'button', { name: /对表头|Columns/ })
        .last()
        .click()
      await p.getByRole('heading', { name: /表头对应字段|Columns and fields/ }).waitFor()
    },
  },
  {
    name: 'import-cell',
    to: checkedImport,
    ready: (p) => p.locator('.td.error').first().waitFor(),
    open: (p) =>
      p
        .locator('.td.error')
        .first()
        .click()
        .then(() => p.getByRole('dialog').waitFor()),
    phone: false,
  },
  {
    name: 'import-field',
    to: checkedImport,
    ready: (p) => p.locator('.td.error').first().waitFor(),
    open: (p) =>
      p
        .getByRole('button', { name: /统一社会信用代码.*(字段|Field|：|: )/ })
        .first()
        .click()
        .then(() => p.getByRole('listbox').getByRole('option').first().waitFor()),
    phone: false,
  },
  {
    name: 'import-one',
    to: checkedImport,
    ready: (p) => p.locator('.sum').waitFor(),
    open: (p) =>
      p
        .getByRole('button', { name: '逐格修改' })
        .click()
        .then(() => p.getByRole('textbox').first().waitFor()),
    wide: false,
  },
  { name: 'import-receipt', to: doneImport, ready: (p) => p.getByText(/回执编号|Receipt no/).waitFor() },
  {
    name: 'export',
    to: '/hazards?state=closed',
    ready: list,
    open: async (p) => {
      if (p.viewportSize().width <= 640) {
        await p
          .getByRole('main')
          .getByRole('button', { name: /^(更多|More)$/ })
          .first()
          .click()
        await p.getByRole('menuitem', { name: /导出|Export/ }).click()
      } else await press(p, '导出', 'Export')
      await p.getByRole('radio', { name: /自选列|My columns/ }).check()
    },
  },
  {
    name: 'jobs',
    to: '/hazards',
    ready: list,
    open: (p) =>
      p
        .getByRole('button', { name: /^(后台任务|Jobs)/ })
        .click()
        .then(() => p.getByRole('dialog').getByRole('heading').waitFor()),
  },
  {
    name: 'lost',
    to: '/no/such/page',
    ready: (p) =>
      p
        .getByText(/没有这个页面|No such page|not exist/i)
        .first()
        .waitFor(),
  },
  { name: 'me-password', to: '/me', ready: (p) => p.getByRole('tab', { selected: true }).waitFor() },
  { name: 'me-second', to: '/me?tab=second', ready: (p) => p.locator('.second .state').waitFor() },
  { name: 'me-sessions', to: '/me?tab=sessions', ready: (p) => p.getByText(/本机|This one/).first().waitFor() },
  { name: 'me-keys', to: '/me?tab=keys', ready: (p) => p.getByRole('button', { name: /新建密钥|New key/ }).waitFor() },
  { name: 'notices', to: '/notices', ready: (p) => p.locator('.rows li, .empty').first().waitFor() },
  { name: 'mails', who: 'sysadmin', to: '/mails', ready: (p) => p.getByText('--smtp-url').waitFor() },
  { name: 'audit', who: 'auditadmin', to: '/audit', ready: (p) => p.getByRole('row').nth(2).waitFor() },
  { name: 'setup', who: null, to: '/setup', ready: (p) => p.locator('h1').first().waitFor() },
  {
    name: 'responsible',
    to: async (api) => `/responsible?object=${(await api.find('enterprises', '禾川')).id}`,
    ready: (p) => p.locator('.row, li.row').first().waitFor(),
  },
  { name: 'responsible-empty', to: '/responsible', ready: (p) => p.locator('h1').first().waitFor() },
  { name: 'owners', to: '/owners', ready: (p) => p.locator('h1').first().waitFor() },
  ...['claims', 'posts', 'assignments'].map((kinds) => ({ name: kinds, to: `/${kinds}`, ready: list })),
  { name: 'assignment', to: async (api) => `/assignments/${(await api.get('/assignments?limit=1')).items[0].id}`, ready: facts },
  { name: 'post', to: async (api) => `/posts/${(await api.get('/posts?limit=1')).items[0].id}`, ready: facts },
  { name: 'assignment-new', who: 'secadmin', to: '/assignments/new', ready: (p) => p.locator('.bar .btn.main').waitFor() },
  {
    name: 'list-chosen',
    to: '/hazards',
    ready: list,
    open: async (p) => {
      await p.locator('[data-at="1"] .check').click()
      await p.locator('[data-at="3"] .check').click({ modifiers: ['Shift'] })
      await p.getByRole('toolbar').waitFor()
    },
    phone: false,
  },
  {
    name: 'keys',
    to: '/hazards',
    ready: list,
    open: (p) => p.keyboard.press('?').then(() => p.getByRole('dialog', { name: /快捷键|Keys/ }).waitFor()),
    phone: false,
  },
  {
    name: 'versions',
    to: someHazard('喷漆房可燃'),
    ready: facts,
    open: (p) => press(p, '对比版本', 'Compare versions').then(() => p.getByRole('dialog').getByRole('table').waitFor()),
    phone: false,
  },
  { name: 'record-lost', to: '/hazards/99999999', ready: (p) => p.getByRole('alert').waitFor() },
]

async function show(t, view, options) {
  const who = view.who === undefined ? 'xujing' : view.who
  const to = typeof view.to === 'string' ? view.to : await view.to(await t.api(who ?? 'xujing'))
  const page = await t.open(who, to, options)
  await view.ready(page)
  await view.open?.(page)
  await page.evaluate(() => document.fonts.ready)
  return page
}

// What stands outside the window without a box of its own to scroll, and whether the page itself scrolls sideways.
function sideways() {
  const wide = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth)
    wide.push(`the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}`)
  const main = document.getElementById('main')
  if (main && main.scrollWidth > main.clientWidth && getComputedStyle(main).overflowX !== 'hidden')
    wide.push(`the content is ${main.scrollWidth} wide in ${main.clientWidth}`)
  for (const e of document.querySelectorAll('button, a[href], input, select, textarea, h1, h2, [role=tab]')) {
    const box = e.getBoundingClientRect()
    if (!box.width || !box.height || !e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue
    if (e.closest('.sr, .skip') || e.classList.contains('sr')) continue
    if (box.right <= innerWidth + 1 && box.left >= -1) continue
    let p = e.parentElement
    while (p && !(/auto|scroll/.test(getComputedStyle(p).overflowX) && p.scrollWidth > p.clientWidth))
      p = p.parentElement
    if (!p)
      wide.push(
        `${e.tagName.toLowerCase()} "${(e.textContent || e.getAttribute('aria-label') || '').trim().slice(0, 40)}" ends at ${Math.round(box.right)} of ${innerWidth}`,
      )
  }
  return wide
}

// Words on buttons, tabs, labels and heads that do not fit and are cut without an ellipsis of their own.
function cut() {
  const out = []
  for (const e of document.querySelectorAll(
    'button, a.btn, [role=tab], [role=menuitem], [role=columnheader], label, legend, summary, dt',
  )) {
    if (!e.checkVisibility() || e.closest('.sr')) continue
    if (e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1)
      out.push(
        `${e.tagName.toLowerCase()} "${e.textContent.trim().slice(0, 50)}" needs ${e.scrollWidth} of ${e.clientWidth}`,
      )
  }
  return out
}

function none(faults) {
  assert.ok(faults.length === 0, [...new Set(faults)].slice(0, 12).join('\n'))
}

for (const view of views.filter((v) => v.wide !== false))
  test(`${view.name} is readable, whole and quiet at 1440, light and dark`, async (t) => {
    const page = await show(t, view, { width: 1440 })
    await shot(page, `1440/light/${view.name}`)
    const faults = [...(await axeFaults(page)), ...(await page.evaluate(sideways))]
    await page.emulateMedia({ colorScheme: 'dark' })
    await until(async () => assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark'))
    await shot(page, `1440/dark/${view.name}`)
    faults.push(...(await axeFaults(page)).map((f) => `dark: ${f}`))
    none(faults)
  })

for (const view of views.filter((v) => v.phone !== false))
  test(`${view.name} is readable and whole on a phone of 390, light and dark`, async (t) => {
    const page = await show(t, view, { width: 390, height: 844 })
    await shot(page, `390/light/${view.name}`)
    const faults = [...(await axeFaults(page)), ...(await page.evaluate(sideways))]
    await page.emulateMedia({ colorScheme: 'dark' })
    await until(async () => assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark'))
    await shot(page, `390/dark/${view.name}`)
    faults.push(...(await axeFaults(page)).map((f) => `dark: ${f}`))
    none(faults)
  })

for (const view of views.filter((v) => v.wide !== false))
  test(`${view.name} in English is whole at 1366, and so in Chinese`, async (t) => {
    const page = await show(t, view, { width: 1366, height: 768, locale: 'en-GB' })
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en')
    await shot(page, `1366/en/${view.name}`)
    const faults = [...(await page.evaluate(sideways)), ...(await page.evaluate(cut))]
    const zh = await show(t, view, { width: 1366, height: 768 })
    faults.push(
      ...(await zh.evaluate(sideways)).map((f) => `zh: ${f}`),
      ...(await zh.evaluate(cut)).map((f) => `zh: ${f}`),
    )
    none(faults)
  })

async function firstPageKb(page, address, stands) {
  const bodies = []
  // The other pages are fetched a second and a half after the first one stands; a slow machine would count them in.
  await page.addInitScript((later) => {
    const { setTimeout } = window
    window.setTimeout = (f, ms, ...rest) => (ms === later ? 0 : setTimeout(f, ms, ...rest))
  }, FETCH_OTHERS_MS)
  page.on('response', (r) => {
    if (/\.(js|css)$/.test(new URL(r.url()).pathname)) bodies.push(r.body())
  })
  await page.goto(address)
  await stands(page)
  const sizes = (await Promise.all(bodies.slice())).map((b) => gzipSync(b, { level: 9 }).length)
  const kb = sizes.reduce((a, b) => a + b, 0) / 1024
  console.log(`        first page ${address}: ${kb.toFixed(0)} KB in ${sizes.length} files`)
  assert.ok(sizes.length > 0)
  return kb
}

test(`scripts and styles of the first page are at most ${MOST_KB} KB compressed, on a phone ${PHONE_KB}`, async (t) => {
  const desktop = await t.context('xujing')
  assert.ok((await firstPageKb(await desktop.newPage(), '/hazards', list)) <= MOST_KB)
  const phone = await t.context('hezhicheng', { width: 390, height: 844 })
  assert.ok((await firstPageKb(await phone.newPage(), '/', (p) => p.locator('h1').first().waitFor())) <= PHONE_KB)
})
