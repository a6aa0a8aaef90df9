// The working day: what waits, in place, many at once, everything found, the bin; and how many acts the daily tasks take.
import assert from 'node:assert/strict'
import { addDays } from './lib/api.mjs'
import { choose, type } from './lib/form.mjs'
import { assertAccessible } from './lib/axe.mjs'
import { shot, test, until } from './lib/runner.mjs'

const FIRM = '澜北禾川精细化工有限公司'
const waiting = (page) => page.getByRole('region', { name: '须我办理' })
const rowOf = (page, words) => waiting(page).getByRole('listitem').filter({ hasText: words })
const today = async (t) => (await (await t.api('xujing')).me()).server_day

// Clicks, typings and choices of one task, and how long it took.
class Acts {
  constructor(name) {
    this.name = name
    this.n = 0
    this.began = Date.now()
  }

  async do(act) {
    this.n += 1
    await act
  }

  end(most) {
    const seconds = ((Date.now() - this.began) / 1000).toFixed(1)
    console.log(`        ${this.name}: ${this.n} acts, ${seconds} s`)
    assert.ok(this.n <= most, `${this.name} takes ${this.n} acts, more than ${most}`)
  }
}

async function fixed(t, words) {
  const grid = await t.api('hezhicheng')
  const office = await t.api('xujing')
  let h = await grid.newHazard(words)
  h = await office.move(h, 'classify', { level: 'general' })
  const file = await office.ask('POST', '/files?name=after.txt', { body: 'after', type: 'text/plain' })
  return office.move(h, 'spot-fix', { rectification: '已整改', evidence: [file.id] })
}

test('a leader sees area by area where it is worst, and each number opens its list', async (t) => {
  const page = await t.open('wuchengdong', '/')
  const table = page.getByRole('region', { name: '各区县隐患' })
  const api = await t.api('wuchengdong')
  await table.getByRole('row').nth(1).waitFor()
  const links = await table.getByRole('link').evaluateAll((list) => list.map((a) => ({ to: a.getAttribute('href'), n: a.textContent })))
  assert.ok(links.length >= 3, `${links.length} numbers`)
  for (const { to, n } of links) assert.equal(String((await api.get(`${to}&count=exact&limit=1`)).total.count), n, to)
  const late = await table.getByRole('row').evaluateAll((rows) => rows.slice(1).map((r) => Number(r.cells[1].textContent)))
  assert.deepEqual(late, [...late].sort((a, b) => b - a))
  await shot(page, 'workbench-leader')
  await assertAccessible(page)
  await table.getByRole('link').first().click()
  await page.getByText(`共 ${links[0].n} 条`, { exact: true }).first().waitFor()
  const firm = await t.open('zhenghaisheng', '/')
  await waiting(firm).getByRole('listitem').first().waitFor()
  assert.equal(await firm.getByRole('region', { name: /隐患$/ }).count(), 0)
})

test('a number says where it comes from in the words of the list it opens', async (t) => {
  const page = await t.open('gaoyuan', '/')
  await page.getByRole('button', { name: '口径' }).click()
  const said = page.getByRole('dialog', { name: '口径' })
  await said.getByText('范围：全市（危险化学品', { exact: false }).waitFor()
  await shot(page, 'basis')
  await assertAccessible(page)
  const row = said.locator('dl > div').filter({ hasText: '逾期未整改' })
  const words = (await row.locator('dd').textContent()).replace('隐患：', '').trim()
  assert.match(words, /整改期限早于/)
  await row.getByRole('link', { name: '逾期未整改' }).click()
  const sentence = await page.getByText('条件：').locator('..').textContent()
  for (const part of words.split('，且')) assert.ok(sentence.includes(part), `${part} not in ${sentence}`)
})

test('the workbench shows what waits and every number opens exactly its rows', async (t) => {
  const page = await t.open('zhoumingyuan', '/')
  await page.getByRole('heading', { name: '工作台', exact: true }).waitFor()
  await waiting(page).getByRole('listitem').first().waitFor()
  // a row says where it leads
  await waiting(page).getByRole('button', { name: /^去(定级|交办)：/ }).first().waitFor()
  await shot(page, 'workbench')
  await page.getByRole('button', { name: '按类别' }).click()
  const all = waiting(page).getByRole('link', { name: /待我|看全部/ })
  const links = await waiting(page)
    .getByRole('link', { name: /，\d+ 件，看全部$/ })
    .evaluateAll((list) => list.map((a) => ({ to: a.getAttribute('href'), label: a.getAttribute('aria-label') })))
  assert.ok(links.length >= 3, `${links.length} links; ${await all.count()}`)
  const api = await t.api('zhoumingyuan')
  for (const { to, label } of links) {
    const list = await api.get(`${to}${to.includes('?') ? '&' : '?'}count=exact&limit=1`)
    assert.equal(String(list.total.count), /，(\d+) 件/.exec(label)[1], label)
  }
  await page.goto(links[0].to)
  await page.getByText(/^共 \d+ 条$/).first().waitFor()
  assert.match(await page.locator('.said').innerText(), /待我|条件/)
})

test('what somebody else did comes to the workbench by itself', async (t) => {
  const page = await t.open('hezhicheng', '/')
  await waiting(page).waitFor()
  const h = await fixed(t, '自动出现在工作台的隐患')
  await page.getByRole('button', { name: '按类别' }).click()
  const group = page.getByRole('region', { name: '待我复查' })
  await until(async () => {
    const items = (await (await t.api('hezhicheng')).get('/todo?rows=50')).groups.find((g) => g.move === 'recheck-pass')
    assert.ok(items.items.some((i) => i.id === h.id) || items.all.count > 50)
  })
  await group.waitFor()

  // fixed on the spot: its path has the steps it took and the one ahead, none that it passed over
  await page.goto(`/hazards/${h.id}`)
  const steps = page.getByRole('list', { name: '办理进程' }).locator('.word')
  await until(async () => assert.deepEqual(await steps.allInnerTexts(), ['已发现', '已定级', '待复查', '已销号']))
})

test('daily tasks take few acts from the workbench', async (t) => {
  const day = await today(t)
  // report a hazard; what another test has typed and not saved does not come back here
  await (await t.api('hezhicheng')).ask('DELETE', '/me/drafts?form=hazard.new')
  const grid = await t.open('hezhicheng', '/')
  const report = new Acts('report a hazard')
  await report.do(grid.getByRole('button', { name: '登记隐患' }).click())
  await report.do(type(grid, '隐患内容', '四步登记的隐患'))
  await report.do(choose(grid, '责任单位', FIRM, '禾川'))
  await report.do(grid.getByRole('button', { name: '登记隐患' }).click())
  await grid.getByRole('heading', { name: '四步登记的隐患' }).waitFor()
  report.end(4)

  // re-check
  const words = '三步复查的隐患'
  const h = await fixed(t, words)
  await fixed(t, `又一条${words}`)
  const checker = await t.open('hezhicheng', '/')
  await checker.getByRole('button', { name: '按类别' }).click()
  const list = await (await t.api('hezhicheng')).get('/todo?rows=50')
  const group = list.groups.find((g) => g.move === 'recheck-pass')
  assert.ok(group.items.some((i) => i.id === h.id))
  const row = checker.getByRole('region', { name: '待我复查' }).getByRole('listitem').first()
  await row.waitFor()
  const recheck = new Acts('re-check')
  await recheck.do(row.getByRole('link', { name: /^去复查/ }).click())
  const form = checker.getByRole('dialog', { name: '复查通过' })
  await recheck.do(type(form, '复查意见', '现场核实，同意销号'))
  await recheck.do(form.getByRole('button', { name: '复查通过', exact: true }).click())
  await checker.getByText(/复查通过/).first().waitFor()
  await form.waitFor({ state: 'hidden' })
  recheck.end(3)
  // the next one that waits is at hand, for the mouse and for Enter; its form opens with it
  const next = checker.getByRole('button', { name: /^下一条：/ })
  const judged = checker.url()
  await next.and(checker.locator(':focus')).waitFor()
  await checker.getByText(/^待我复查，还有 \d+\+? 件$/).waitFor()
  await shot(checker, 'following')
  await checker.keyboard.press('Enter')
  await form.waitFor()
  assert.notEqual(checker.url(), judged)
  await form.getByRole('radio', { name: '复查通过' }).and(checker.locator(':focus')).waitFor()
  await checker.keyboard.press('Tab')
  await checker.keyboard.type('现场核实，同意销号')
  await checker.keyboard.press('Control+s')
  await form.waitFor({ state: 'hidden' })

  // from a list it is the next row there that takes the step
  const below = await fixed(t, '台账里接着办的下一条')
  await (await t.api('hezhicheng')).newHazard('台账里接着办的未整改')
  await fixed(t, '台账里接着办的头一条')
  await checker.goto(`/hazards?q=${encodeURIComponent('台账里接着办的')}&sort=-id`)
  await checker.getByRole('row').filter({ hasText: '头一条' }).click()
  // the outcome stands first, and has the keyboard, whichever of both was asked for
  const returned = checker.getByRole('dialog', { name: '复查退回' })
  await checker.getByRole('button', { name: '复查退回', exact: true }).click()
  await returned.getByRole('radio', { name: '复查退回' }).and(checker.locator(':focus')).waitFor()
  await checker.keyboard.press('Escape')
  await returned.waitFor({ state: 'hidden' })
  await checker.getByRole('button', { name: '复查通过', exact: true }).click()
  await type(form, '复查意见', '现场核实，同意销号')
  await form.getByRole('button', { name: '复查通过', exact: true }).click()
  await next.click()
  await form.waitFor()
  await checker.waitForURL((url) => url.pathname === `/hazards/${below.id}`)

  // approve more time
  const firm = await t.api('zhenghaisheng')
  const inspector = await t.api('zhoumingyuan')
  let e = await (await t.api('hezhicheng')).newHazard('要延期的隐患')
  e = await inspector.move(e, 'classify', { level: 'general' })
  e = await inspector.move(e, 'assign', {
    measures: '更换',
    responsible: (await firm.me()).id,
    funds: 0,
    due: addDays(day, 3),
    contingency: '看守',
  })
  e = await firm.move(e, 'start', {})
  await firm.move(e, 'extend-request', { extension_to: addDays(day, 9), reason: '备件未到' })
  const office = await t.open('xujing', '/')
  const asked = rowOf(office, '要延期的隐患')
  await asked.waitFor()
  const approve = new Acts('approve more time')
  await approve.do(asked.getByRole('link', { name: /^去审批/ }).click())
  const yes = office.getByRole('dialog', { name: '同意延期' })
  await yes.getByRole('radio', { name: '同意延期', exact: true }).and(yes.locator(':checked')).waitFor()
  // what it is about stands over the choice, on a phone too, and the other outcome is one act away
  await office.setViewportSize({ width: 390, height: 844 })
  const asks = yes.getByRole('region', { name: '申请延期' })
  for (const said of ['要延期的隐患', '备件未到', addDays(day, 9), addDays(day, 3)]) {
    const box = await asks.getByText(said).boundingBox()
    assert.ok(box && box.y >= 0 && box.y + box.height <= 844, `${said} is out of sight`)
  }
  await shot(office, 'decide-phone')
  await office.setViewportSize({ width: 1440, height: 900 })
  await shot(office, 'decide')
  await yes.getByRole('radio', { name: '不同意延期' }).check()
  const no = office.getByRole('dialog', { name: '不同意延期' })
  await no.getByRole('textbox', { name: /理由/ }).waitFor()
  await no.getByRole('radio', { name: '同意延期', exact: true }).check()
  await approve.do(yes.getByRole('button', { name: '同意延期', exact: true }).click())
  await yes.waitFor({ state: 'hidden' })
  approve.end(2)
  // after the last one of its group one is back where the others wait
  await waiting(office).waitFor()
  await asked.waitFor({ state: 'hidden' })
})

test('many are previewed row by row, then done, from the workbench', async (t) => {
  const grid = await t.api('hezhicheng')
  for (let i = 0; i < 3; i += 1) await grid.newHazard(`成批定级的第${i}条`)
  const page = await t.open('hezhicheng', '/')
  await page.getByRole('button', { name: '按类别' }).click()
  await page.getByRole('button', { name: '成批办理：待我定级' }).click()
  const drawer = page.getByRole('dialog', { name: '定级' })
  await choose(drawer, '隐患级别', '一般隐患')
  await drawer.getByRole('button', { name: '预览' }).click()
  await drawer.getByText(/可办理 \d+ 条，不能办理 0 条/).waitFor()
  await drawer.getByText('已定级').first().waitFor()
  await shot(page, 'bulk-preview')
  await drawer.getByRole('button', { name: /^定级 \d+ 条$/ }).click()
  await drawer.getByText(/已办理 \d+ 条，未办理 0 条/).waitFor({ timeout: 60_000 })
  await shot(page, 'bulk-done')
  await drawer.getByRole('button', { name: '下载结果' }).waitFor()
  const after = await grid.get('/todo')
  assert.ok(!after.groups.some((g) => g.move === 'classify'), 'nothing is left to classify')
})

test('the box leads to all that was found, a tab a kind, and goes on page by page', async (t) => {
  const api = await t.api('xujing')
  const enough = await api.get('/hazards?q=%E9%85%8D%E7%94%B5%E7%AE%B1&count=exact&limit=1')
  const page = await t.open('xujing', '/')
  await page.getByRole('heading', { name: '工作台', exact: true }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('配电箱')
  await page.getByRole('button', { name: '看全部结果' }).click()
  await page.getByRole('heading', { name: '“配电箱”的搜索结果' }).waitFor()
  const tab = page.getByRole('tab', { name: /隐患/ })
  assert.match(await tab.innerText(), new RegExp(`${Math.min(enough.total.count, 999)}`))
  const rows = page.getByRole('tabpanel').getByRole('listitem')
  await rows.first().waitFor()
  const first = await rows.count()
  if (enough.total.count > 50) {
    await page.getByRole('button', { name: '更多', exact: true }).click()
    await until(async () => assert.ok((await rows.count()) > first))
  }
  await shot(page, 'search')
})

test('the bin says who removed what and when, and gives it back', async (t) => {
  const api = await t.api('xujing')
  const made = []
  for (let i = 0; i < 2; i += 1) made.push(await api.newHazard(`扔掉又要回来的${i}`))
  for (const h of made) await api.ask('DELETE', `/hazards/${h.id}`, { version: h.version })
  const page = await t.open('xujing', '/bin')
  const row = page.getByRole('listitem').filter({ hasText: '扔掉又要回来的0' })
  await row.getByText('许静').waitFor()
  await row.getByText(/今天/).waitFor()
  await shot(page, 'bin')
  await row.getByRole('button', { name: '恢复 扔掉又要回来的0' }).click()
  await row.waitFor({ state: 'hidden' })
  const other = page.getByRole('listitem').filter({ hasText: '扔掉又要回来的1' })
  await other.getByText('选择 扔掉又要回来的1').locator('..').locator('..').click()
  await page.getByRole('toolbar', { name: '已选 1 条' }).getByRole('button', { name: '更多' }).click()
  await page.getByRole('menuitem', { name: '恢复' }).click()
  const drawer = page.getByRole('dialog', { name: '恢复' })
  await drawer.getByRole('button', { name: '恢复 1 条' }).click()
  await drawer.getByText('已办理 1 条').waitFor()
  for (const h of made) assert.equal((await api.get(`/hazards/${h.id}`)).removed_at, null)
})

test('a grid member has four entries in the menu, and administrators begin where their work is', async (t) => {
  const grid = await t.open('hezhicheng', '/')
  const menu = grid.getByRole('navigation', { name: '主菜单' }).first()
  await menu.getByText('工作台').waitFor()
  const entries = await menu.locator(':scope > ul > li').allInnerTexts()
  assert.equal(entries.length, 4, entries.join(' | '))
  const audit = await t.open('auditadmin', '/')
  await audit.waitForURL(/\/audit$/)
  const people = await t.open('secadmin', '/')
  await people.waitForURL(/\/accounts$/)
  const system = await t.open('sysadmin', '/')
  await system.waitForURL(/\/accounts$/)
})

test('what one follows and what one opened last stand on the workbench', async (t) => {
  const api = await t.api('zhoumingyuan')
  const h = await api.newHazard('值得关注的隐患')
  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  await page.getByRole('button', { name: '关注', exact: true }).click()
  await page.getByRole('button', { name: '已关注' }).waitFor()
  await page.goto('/')
  await page.getByRole('region', { name: '我关注的' }).getByText('值得关注的隐患').waitFor()
  await page.getByRole('region', { name: '最近打开' }).getByText('值得关注的隐患').waitFor()
})
