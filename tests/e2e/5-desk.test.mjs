// What a person keeps at hand: views as tabs, chosen rows, long lists, drafts, versions, keys.
import assert from 'node:assert/strict'
import { choose, type } from './lib/form.mjs'
import { shot, test, until } from './lib/runner.mjs'

const rows = (page) => page.getByRole('grid').locator('[data-at]')
const tab = (page, name) => page.getByRole('navigation', { name: '页签' }).getByRole('link', { name })

async function open(t, who, path, window) {
  const page = await t.open(who, path, window)
  await rows(page).first().waitFor()
  return page
}

async function saveView(page, name) {
  await page.getByRole('button', { name: '存为页签' }).first().click()
  await page.getByRole('textbox', { name: '页签名称' }).fill(name)
  await page.getByRole('dialog').getByRole('button', { name: '存为页签' }).click()
  await tab(page, new RegExp(`^${name}`)).waitFor()
}

async function viewMenu(page, name, item) {
  await page.getByRole('button', { name: `页签“${name}”` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('a view saved on one device is a tab with its number on another, opens first there, and is removed with a way back', async (t) => {
  const api = await t.api('zhoumingyuan')
  const page = await open(t, 'zhoumingyuan', '/hazards?state=closed&sort=due')
  await saveView(page, '已销号的')
  const truth = (await api.get('/hazards?state=closed&limit=1&count=exact')).total.count
  await until(async () =>
    assert.match(await tab(page, /^已销号的/).innerText(), new RegExp(truth > 999 ? '999\\+' : `${truth}$`)),
  )
  await viewMenu(page, '已销号的', '打开时先看这个')
  const other = await open(t, 'zhoumingyuan', '/hazards')
  await until(async () => assert.equal(new URL(other.url()).searchParams.get('state'), 'closed'))
  await shot(other, 'view-first')
  await other.getByRole('link', { name: /^全部/ }).click()
  await until(async () => assert.equal(new URL(other.url()).searchParams.get('state'), null))
  await tab(other, /^已销号的/).click()
  await viewMenu(other, '已销号的', '删除页签')
  await until(async () => assert.equal(await tab(other, /^已销号的/).count(), 0))
  await other.getByRole('button', { name: '撤销' }).click()
  await tab(other, /^已销号的/).waitFor()
  for (const v of (await api.get('/views?kind=hazard')).items) await api.ask('DELETE', `/views/${v.id}`)
})

test('a view that is looked at says when its conditions were changed and keeps them when told', async (t) => {
  const page = await open(t, 'hezhicheng', '/hazards?state=closed')
  await saveView(page, '看一看')
  await page.getByRole('button', { name: /^隐患级别/ }).click()
  await page.getByRole('dialog', { name: '隐患级别' }).getByText('一般隐患', { exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '存入页签' }).click()
  await page.getByText('页签“看一看”已按现在的条件保存').waitFor()
  const api = await t.api('hezhicheng')
  const [view] = (await api.get('/views?kind=hazard')).items
  assert.deepEqual(Object.fromEntries(new URLSearchParams(view.filter)), { state: 'closed', 'level.in': 'general' })
  await api.ask('DELETE', `/views/${view.id}`)
})

test('the office shares a view with everybody, and whoever sees it may order but not change it', async (t) => {
  const page = await open(t, 'xujing', '/hazards?level=major')
  await saveView(page, '重大专查')
  await viewMenu(page, '重大专查', '共享给所有人')
  await page.getByText('共享', { exact: true }).waitFor()
  const other = await open(t, 'wanghaitao', '/hazards')
  await tab(other, /^重大专查/).click()
  await other.getByRole('button', { name: '页签“重大专查”' }).click()
  const menu = other.getByRole('menu')
  await menu.getByRole('menuitem', { name: '打开时先看这个' }).waitFor()
  assert.equal(await menu.getByRole('menuitem', { name: /改名|删除页签|共享/ }).count(), 0)
  const api = await t.api('xujing')
  for (const v of (await api.get('/views?kind=hazard')).items) if (v.own) await api.ask('DELETE', `/views/${v.id}`)
})

test('"earlier than today" kept in a view is written as such, so it means the same tomorrow', async (t) => {
  const page = await open(t, 'xujing', '/hazards')
  await page.getByRole('button', { name: '整改期限 不限' }).click()
  await page.getByRole('dialog', { name: '整改期限' }).getByRole('button', { name: '早于今天' }).click()
  await page.keyboard.press('Escape')
  await until(async () => assert.equal(new URL(page.url()).searchParams.get('due.before'), 'today'))
  await page.getByRole('button', { name: '整改期限 早于今天' }).waitFor()
  const { server_day } = await (await t.api('xujing')).me()
  await until(async () => assert.ok((await page.locator('.said p').innerText()).includes(`早于${server_day}`)))
})

test('a condition is dropped by its cross in the sentence', async (t) => {
  const page = await open(t, 'xujing', '/hazards?state=closed&level=general')
  await page.getByRole('button', { name: '去掉条件：隐患级别为一般隐患' }).click()
  await until(async () => assert.equal(new URL(page.url()).search, '?state=closed'))
})

test('rows are chosen by Space, Shift and the mouse, all at once, and stay chosen after a look at one of them', async (t) => {
  const page = await open(t, 'xujing', '/hazards')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.getByText('已选 3 条', { exact: true }).waitFor()
  await page.locator('[data-at="6"] .check').click({ modifiers: ['Shift'] })
  await page.getByText('已选 7 条', { exact: true }).waitFor()
  await page.locator('[data-at="2"] .check').click()
  await page.getByText('已选 6 条', { exact: true }).waitFor()
  await shot(page, 'rows-chosen')
  await page.locator('[data-at="4"]').click()
  await page.getByRole('complementary', { name: '下一步' }).waitFor()
  await page.goBack()
  await page.getByText('已选 6 条', { exact: true }).waitFor()
  await page.reload()
  await page.getByText('已选 6 条', { exact: true }).waitFor()
  assert.equal(await page.locator('[data-at="2"]').getAttribute('aria-selected'), 'false')
  const all = (await (await t.api('xujing')).get('/hazards?limit=1&count=exact')).total.count
  await page.getByRole('button', { name: /^选中全部/ }).click()
  await page.getByText(`已选 ${String(all).replace(/\B(?=(\d{3})+$)/g, ',')} 条`, { exact: true }).waitFor()
  await page.locator('[data-at="0"]').focus()
  await page.keyboard.press('Escape')
  await page.getByRole('toolbar').waitFor({ state: 'hidden' })
})

test('what is chosen in a list is previewed row by row, done, and stands there as it came out', async (t) => {
  const api = await t.api('xujing')
  const mark = `成批${Date.now()}`
  const made = []
  for (let i = 0; i < 3; i += 1) made.push(await api.newHazard(`${mark}第${i}条`))
  await api.move(made[0], 'classify', { level: 'general' })
  const page = await open(t, 'xujing', `/hazards?q=${encodeURIComponent(mark)}`)
  await page.locator('[data-at="0"] .check').click()
  await page.locator('[data-at="2"] .check').click({ modifiers: ['Shift'] })
  const bar = page.getByRole('toolbar', { name: '已选 3 条' })
  await bar.waitFor()
  assert.equal(await page.locator('[data-at] .check input:checked').count(), 3)
  await bar.getByRole('button', { name: '定级', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: '定级' })
  await choose(drawer, '隐患级别', '一般隐患')
  await drawer.getByRole('button', { name: '预览' }).click()
  // the one that is further on already is refused beforehand and holds up no other
  await drawer.getByText('可办理 2 条，不能办理 1 条，没有变化 0 条').waitFor()
  await shot(page, 'bulk-list-preview')
  assert.equal((await api.get(`/hazards/${made[1].id}`)).state, 'found')
  await drawer.getByRole('button', { name: '定级 2 条' }).click()
  await drawer.getByText('已办理 2 条，未办理 0 条，没有变化 0 条').waitFor()
  await shot(page, 'bulk-list-done')
  await drawer.getByRole('button', { name: '关闭' }).first().click()
  await bar.waitFor({ state: 'hidden' })
  await until(async () => assert.equal(await page.getByRole('grid').getByText('已定级').count(), 3))

  // through the menu of the bar: one field of all, where nothing is refused
  await page.locator('[data-at="1"] .check').click()
  const one = page.getByRole('toolbar', { name: '已选 1 条' })
  await one.getByRole('button', { name: '更多' }).click()
  await page.getByRole('menuitem', { name: '移入回收站' }).click()
  const bin = page.getByRole('dialog', { name: '移入回收站' })
  await bin.getByText('可办理 1 条，不能办理 0 条，没有变化 0 条').waitFor()
  await bin.getByRole('button', { name: '移入回收站 1 条' }).click()
  await bin.getByText('已办理 1 条').waitFor()
  await bin.getByRole('button', { name: '关闭' }).first().click()
  await until(async () => assert.equal(await page.locator('[data-at]').count(), 2))
})

test('End goes to the last row of the whole list, from where it is walked upwards without a gap', async (t) => {
  const api = await t.api('xujing')
  const all = []
  for (let after = ''; after !== null; ) {
    const page = await api.get(`/hazards?limit=200&count=none${after ? `&after=${encodeURIComponent(after)}` : ''}`)
    all.push(...page.items.map((r) => r.number))
    after = page.next
  }
  const page = await open(t, 'xujing', '/hazards')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  const last = page.getByRole('row').filter({ hasText: all.at(-1) })
  await last.waitFor()
  await until(async () => assert.ok(await last.evaluate((e) => e === document.activeElement)))
  assert.equal(await last.getAttribute('aria-rowindex'), String(all.length + 1))
  const seen = new Map()
  const box = page.getByRole('grid')
  for (let i = 0; i < 120 && seen.size < all.length; i += 1) {
    for (const [at, number] of await rows(page).evaluateAll((list) =>
      list.map((r) => [Number(r.getAttribute('aria-rowindex')) - 2, r.querySelectorAll('[role=gridcell]')[1]?.textContent]),
    ))
      if (number) seen.set(at, number)
    await box.evaluate((b) => (b.scrollTop -= b.clientHeight))
    await page.waitForTimeout(40)
  }
  assert.deepEqual(
    all.map((_, i) => seen.get(i)),
    all,
  )
})

test('a column is drawn to its width and has it after the page is loaded anew', async (t) => {
  const page = await open(t, 'xujing', '/hazards')
  const head = () => page.getByRole('columnheader', { name: '责任单位' })
  const before = (await head().boundingBox()).width
  const grip = await head().locator('.grip').boundingBox()
  await page.mouse.move(grip.x + 3, grip.y + 5)
  await page.mouse.down()
  await page.mouse.move(grip.x + 63, grip.y + 5, { steps: 4 })
  await page.mouse.up()
  await until(async () => assert.ok(Math.abs((await head().boundingBox()).width - before - 60) < 3))
  await page.reload()
  await rows(page).first().waitFor()
  assert.ok(Math.abs((await head().boundingBox()).width - before - 60) < 3)
})

test('of fifty columns only those in sight are drawn, and number and title stay when the others move', async (t) => {
  const api = await t.api('wuchengdong')
  const meta = await api.get('/meta')
  const kind = meta.kinds.find((k) => k.name === 'hazard')
  const fields = kind.fields.filter((f) => !['files', 'lines', 'place'].includes(f.type)).map((f) => f.name)
  await api.ask('PUT', '/me/columns/hazard', { json: { list: ['number', ...fields, 'owner', 'changed_at'], export: null } })
  const page = await open(t, 'wuchengdong', '/hazards')
  await until(async () => assert.ok((await page.locator('[data-at="0"] [role=gridcell]').count()) < 20))
  await page.getByRole('grid').evaluate((b) => (b.scrollLeft = b.scrollWidth))
  await page.getByRole('columnheader', { name: '最近改动' }).waitFor()
  assert.ok(await page.getByRole('columnheader', { name: '隐患内容' }).isVisible())
  const box = await page.locator('[data-at="0"] .frozen').boundingBox()
  const grid = await page.getByRole('grid').boundingBox()
  assert.ok(Math.abs(box.x - grid.x) < 2, 'the frozen columns moved')
  await shot(page, 'columns-aside')
  await api.ask('PUT', '/me/columns/hazard', { json: { list: null, export: null } })
})

test('a record loaded anew still knows its neighbours in the list it was opened from', async (t) => {
  const page = await open(t, 'xujing', '/hazards?state=closed')
  const second = await page.locator('[data-at="2"] [role=gridcell]').nth(1).innerText()
  await page.locator('[data-at="1"]').click()
  await page.getByText(/^第 2 条，共/).waitFor()
  await page.reload()
  await page.getByText(/^第 2 条，共/).waitFor()
  await page.keyboard.press('j')
  await page.getByText(/^第 3 条，共/).waitFor()
  await page.getByRole('main').getByText(second, { exact: true }).first().waitFor()
  await page.keyboard.press('u')
  await rows(page).first().waitFor()
  assert.equal(new URL(page.url()).searchParams.get('state'), 'closed')
  await until(async () => assert.equal(await page.evaluate(() => document.activeElement.dataset.at), '2'))
})

test('a draft is there in another browser, and no personal number ever stands in this one', async (t) => {
  const page = await t.open('zhoumingyuan', '/enterprises/new')
  await type(page, '企业名称', '草稿里的厂')
  await type(page, '联系电话', '13800138000')
  await page.getByText(/已自动保存 \d\d:\d\d:\d\d/).waitFor()
  const kept = await page.evaluate(() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage))
  assert.ok(!kept.includes('13800138000'), 'the number stands in the browser')
  const other = await t.open('zhoumingyuan', '/enterprises/new')
  await other.getByText(/已取回 .* 没有保存完的内容/).waitFor()
  assert.equal(await other.getByRole('textbox', { name: '企业名称' }).inputValue(), '草稿里的厂')
  assert.equal(await other.getByRole('textbox', { name: '联系电话' }).inputValue(), '13800138000')

  // both go on typing: the one that keeps later is told
  await type(other, '企业名称', '另一个窗口的厂')
  await other.getByText(/已自动保存/).waitFor()
  await type(page, '企业名称', '这个窗口的厂')
  await page.getByText(/另一个窗口 .* 也在填这张表/).waitFor()
  await shot(page, 'draft-other')
  await page.getByRole('button', { name: '用那一份' }).click()
  assert.equal(await page.getByRole('textbox', { name: '企业名称' }).inputValue(), '另一个窗口的厂')
  await page.getByRole('button', { name: '不要了，重新填' }).click()
  await until(async () => assert.equal((await (await t.api('zhoumingyuan')).get('/me/drafts?form=enterprise.new')).draft, null))
})

test('any two versions of a record are compared, and what was known on a day', async (t) => {
  const api = await t.api('zhoumingyuan')
  let h = await api.newHazard('对比用的一条')
  for (const location of ['东门', '西门'])
    h = await api.ask('PATCH', `/hazards/${h.id}`, { json: { location }, version: h.version })
  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  await page.getByRole('button', { name: '对比版本' }).click()
  const drawer = page.getByRole('dialog', { name: /对比版本/ })
  const line = drawer.getByRole('row').filter({ hasText: '具体位置' })
  await until(async () => assert.deepEqual(await line.getByRole('cell').allInnerTexts(), ['东门', '西门']))
  await drawer.getByLabel('较早').selectOption({ index: 2 })
  await until(async () => assert.deepEqual(await line.getByRole('cell').allInnerTexts(), ['未填', '西门']))
  const { server_day } = await api.me()
  const day = drawer.getByRole('combobox', { name: '看哪一天所知' })
  await day.fill('2020-01-01')
  await day.press('Enter')
  await drawer.getByRole('button', { name: '显示' }).click()
  await drawer.getByText('那一天还没有这条记录').waitFor()
  await day.fill(server_day)
  await day.press('Enter')
  await drawer.getByRole('button', { name: '显示' }).click()
  await drawer.getByText(`${server_day}日终所知，第 ${h.version} 版`).waitFor()
})

test('a question mark shows the keys, g and a letter goes to a page, Ctrl+S saves a form', async (t) => {
  const page = await open(t, 'zhoumingyuan', '/hazards')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: '快捷键' }).getByText('到企业').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: '快捷键' }).waitFor({ state: 'hidden' })
  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await page.getByRole('heading', { name: '企业', exact: true }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await page.getByRole('heading', { name: '隐患台账' }).waitFor()
  const api = await t.api('zhoumingyuan')
  const h = await api.newHazard('键盘保存的一条')
  await page.goto(`/hazards/${h.id}`)
  await page.getByRole('complementary', { name: '下一步' }).waitFor()
  // whoever is quicker than the drawer keeps the field: what is typed does not land in the first one
  const kept = await page.evaluate(
    () =>
      new Promise((told) => {
        const frames = (n, then) => (n ? requestAnimationFrame(() => frames(n - 1, then)) : then())
        const seen = new MutationObserver(() => {
          if (!document.getElementById('edit-location')) return
          seen.disconnect()
          frames(1, () => document.getElementById('edit-location').focus())
          frames(60, () => told(document.activeElement.id))
        })
        seen.observe(document.body, { childList: true, subtree: true })
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'e', bubbles: true }))
      }),
  )
  assert.equal(kept, 'edit-location')
  await page.keyboard.type('北门')
  await page.keyboard.press('Control+s')
  await page.getByText('已保存，改了 1 项').waitFor()
  assert.equal((await api.get(`/hazards/${h.id}`)).location, '北门')
})

test('a one-time password and a due second step are explained where one is sent', async (t) => {
  const page = await (await t.context('wuchengdong')).newPage()
  let change = { must_change_password: true }
  await page.route('**/api/v1/me', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...change } })
  })
  await page.goto('/hazards')
  await page.getByText('这是管理员给的一次性密码').waitFor()
  assert.equal(new URL(page.url()).search, '?tab=password')
  change = { totp_due: true }
  await page.goto('/hazards')
  await page.getByText('须先开启两步验证').waitFor()
  assert.equal(new URL(page.url()).search, '?tab=second')
})

test('through somebody else’s eyes a page of one’s own says so instead of refusing', async (t) => {
  const api = await t.api('xujing')
  const grid = (await api.get(`/accounts?q=${encodeURIComponent('贺志成')}&limit=1`)).items[0]
  const page = await t.open('xujing', '/hazards')
  await page.evaluate((id) => sessionStorage.setItem('anlan.as', String(id)), grid.id)
  const asked = []
  page.on('response', (r) => r.status() >= 400 && asked.push(r.url()))
  for (const path of ['/me', '/grid', '/imports/1', '/hazards/import']) {
    await page.goto(path)
    await page.getByText('这一页的内容只属于本人，不能代看').waitFor()
  }
  assert.deepEqual(asked, [])
  await page.getByRole('main').getByRole('button', { name: '回到本人' }).click()
  await page.waitForURL((u) => u.pathname === '/')
  await page.goto('/hazards')
  await rows(page).first().waitFor()
})

test('the audit trail is the auditor’s alone and narrows by act', async (t) => {
  const page = await t.open('auditadmin', '/audit')
  await page.getByRole('row').nth(2).waitFor()
  // a record is named by its kind once
  const named = (await page.getByRole('cell').allInnerTexts()).filter((text) => /^人员 \S/.test(text))
  assert.ok(named.length > 0)
  assert.deepEqual(named.filter((text) => /^人员 人员/.test(text)), [])
  await shot(page, 'audit')
  const other = await t.open('xujing', '/audit')
  await other.getByText('没有这个页面').waitFor()
})

test('the first start is over once there are accounts, and its page says so', async (t) => {
  const page = await t.open(null, '/setup')
  await until(async () => assert.ok(!(await page.getByRole('button', { name: /完成|建立/ }).isVisible())))
})

test('who answers for a firm, and whom nobody supervises, are asked from the menu', async (t) => {
  const api = await t.api('xujing')
  const firm = await api.find('enterprises', '禾川')
  const page = await t.open('xujing', `/responsible?object=${firm.id}`)
  const truth = await api.get(`/responsible?object=${firm.id}`)
  const named = truth.items.find((d) => d.holder.name)
  await page.getByText(named.holder.name).first().waitFor()
  await page.goto('/owners')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.goto(`/enterprises/${firm.id}`)
  await page.getByRole('main').getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('menuitem', { name: '为什么能看到' }).click()
  const why = await api.get(`/enterprises/${firm.id}/why`)
  await page.getByRole('dialog').getByText(why.items[0].role.zh).first().waitFor()
})
