// One hazard round the loop, each person in a browser of their own.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { addDays } from './lib/api.mjs'
import { assertAccessible } from './lib/axe.mjs'
import { assertErrorBeside, choose, noteOf, tick, type, typeDay } from './lib/form.mjs'
import { shot, test, until } from './lib/runner.mjs'

const PAPER = fileURLToPath(new URL('cases/repair.txt', import.meta.url))
// says of itself: 2025-03-01 10:22:05 +08:00 at 36.10343 N, 120.35188 E
const PHOTO = fileURLToPath(new URL('cases/camera.jpg', import.meta.url))
const FIRM = '澜北禾川精细化工有限公司'

const stateOf = (page, state) => page.locator('.head').getByText(state, { exact: true })
const course = (page) => page.getByRole('region', { name: '经过' })
const rowOf = (page, words) => page.getByRole('row').filter({ hasText: words })
const today = async (t) => (await (await t.api('xujing')).me()).server_day

/* What nobody expects of the reader lies behind one button. */
async function act(page, name) {
  const button = nextOf(page).getByRole('button', { name, exact: true })
  const others = nextOf(page).getByRole('button', { name: '其他办理' })
  await button.or(others).first().waitFor()
  if (await button.count()) await button.click()
  else {
    await others.click()
    await page.getByRole('menuitem', { name, exact: true }).click()
  }
  const form = page.getByRole('dialog', { name })
  await form.waitFor()
  return form
}

const nextOf = (page) => page.getByRole('complementary', { name: '下一步' })
const has = (box) => box.evaluate((e) => e === document.activeElement)
const send = (form, name) => form.getByRole('button', { name, exact: true }).click()

async function arrange(page, t, who) {
  const form = await act(page, '五落实交办')
  await type(form, '整改措施', '更换压力表并检定')
  await choose(form, '责任人', who, who)
  await type(form, '整改资金', '1200')
  await typeDay(form, '整改期限', addDays(await today(t), 10))
  await type(form, '应急预案', '停用该设备，专人看守')
  return form
}

async function submit(page, words, ...more) {
  const form = await act(page, '提交整改')
  // each round begins empty, whatever the last one said
  assert.equal(await form.getByRole('textbox', { name: '整改情况' }).inputValue(), '')
  assert.equal(await form.getByText('repair.txt').count(), 0)
  await type(form, '整改情况', words)
  await form.locator('input[type=file]').setInputFiles([PAPER, ...more])
  await form.getByText('repair.txt').first().waitFor()
  await form
    .getByRole('button', { name: /去掉 repair\.txt/ })
    .last()
    .waitFor()
  await shot(page, 'move-submit')
  await send(form, '提交整改')
  await form.waitFor({ state: 'hidden' })
}

test('a worker reports on the phone without naming the firm, and sees what becomes of it', async (t) => {
  const words = '合成车间安全通道堆放纸箱'
  const page = await t.open('luoxiaofang', '/', { width: 390, height: 844 })
  const mine = page.getByRole('region', { name: '我报告的隐患' })
  await mine.getByText('您报告的隐患会列在这里').waitFor()
  await page.getByRole('button', { name: '登记隐患' }).click()
  await page.getByText(FIRM).first().waitFor()
  await type(page, '隐患内容', words)
  await page.getByRole('button', { name: '登记隐患' }).click()
  await page.getByRole('heading', { name: words }).waitFor()
  const api = await t.api('zhoumingyuan')
  const h = await api.get(`/hazards/${/\d+$/.exec(new URL(page.url()).pathname)[0]}`)
  await api.move(h, 'classify', { level: 'general' })
  await page.goto('/')
  await mine.getByRole('link', { name: words }).getByText('已定级').waitFor()
  await shot(page, 'worker-home-phone')
  await assertAccessible(page)
  // what a fact leads to is hit by a thumb
  const grid = await t.open('hezhicheng', `/hazards/${h.id}`, { width: 390, height: 844 })
  const firm = grid.locator('.facts').getByRole('link', { name: FIRM })
  await firm.waitFor()
  assert.ok((await firm.boundingBox()).height >= 44)
  await shot(grid, '390/light/hazard-facts')
})

test('three people take a hazard round the whole loop and each sees every step', async (t) => {
  const words = '反应釜压力表指针不归零'
  const grid = await t.open('hezhicheng', '/hazards')
  const city = await t.open('xujing', '/hazards')
  await rowOf(city, /20\d\d-\d{6}/)
    .first()
    .waitFor()

  // registered through the form
  await grid.getByRole('button', { name: '登记隐患' }).click()
  await type(grid, '隐患内容', words)
  await choose(grid, '责任单位', FIRM, '禾川')
  // found today, on patrol, until said otherwise; what only an old ledger says is not asked
  assert.equal(await grid.getByRole('combobox', { name: '排查日期' }).inputValue(), await today(t))
  await grid.getByRole('group').getByText('网格巡查', { exact: true }).waitFor()
  assert.equal(await grid.getByRole('textbox', { name: '责任人姓名' }).count(), 0)
  await choose(grid, '隐患类型', '物的因素')
  await shot(grid, 'hazard-form')
  await grid.getByRole('button', { name: '登记隐患' }).click()
  await grid.getByRole('heading', { name: words }).waitFor()
  await stateOf(grid, '已发现').waitFor()
  await course(grid).getByText('贺志成').waitFor()

  // an open list of another person shows it by itself
  await rowOf(city, words).waitFor({ timeout: 3000 })
  await rowOf(city, words).getByText('已发现').waitFor()

  // classified, then assigned; one of the five is missing at first
  const address = new URL(grid.url()).pathname
  const office = await t.open('zhoumingyuan', address)
  const level = await act(office, '定级')
  await choose(level, '隐患级别', '一般隐患')
  await send(level, '定级')
  await stateOf(office, '已定级').waitFor()
  await course(office).getByText('定级', { exact: true }).waitFor()

  const five = await arrange(office, t, '郑海生')
  // the firm's own people are offered first, under a heading, before anything is typed
  const who = five.getByRole('combobox', { name: '责任人' })
  await who.click({ force: true })
  const offered = office.getByRole('listbox').filter({ has: office.getByRole('option', { name: '郑海生' }) })
  await offered.getByRole('group', { name: '本单位的人' }).getByRole('option', { name: '郑海生' }).waitFor()
  assert.deepEqual(await offered.getByRole('group').evaluateAll((all) => all.map((e) => e.ariaLabel)), ['本单位的人'])
  // whom the move would refuse is found by name, and cannot be chosen
  await who.fill('贺志成')
  await office.getByRole('option', { name: /贺志成.*办不了这条/ }).and(office.locator('[aria-disabled=true]')).waitFor()
  await assertAccessible(office)
  await shot(office, 'move-assign-people')
  await office.keyboard.press('Escape')
  // what is asked of a major hazard alone is not asked here
  assert.equal(await five.getByRole('textbox', { name: '治理目标' }).count(), 0)
  const plan = five.getByRole('textbox', { name: '应急预案' })
  await plan.fill('')
  await send(five, '五落实交办')
  await assertErrorBeside(plan, /请填写应急预案/)
  assert.equal(await plan.getAttribute('aria-invalid'), 'true')
  await shot(office, 'move-assign-refused')
  await plan.fill('停用该设备，专人看守')
  await send(five, '五落实交办')
  await stateOf(office, '已交办').waitFor()
  // now it is the firm's turn: reassigning is no next step
  await nextOf(office).getByText('其他办理', { exact: true }).waitFor()
  assert.deepEqual(
    (await nextOf(office).locator('.btn.main').allInnerTexts()).filter((text) => !text.startsWith('下一条')),
    []
  )
  await course(office).getByText('五落实交办', { exact: true }).waitFor()
  await rowOf(city, words).getByText('已交办').waitFor({ timeout: 3000 })

  // submitted with a paper
  const firm = await t.open('zhenghaisheng', address)
  await submit(firm, '压力表已更换')
  await stateOf(firm, '待复查').waitFor()
  await course(firm).getByText('提交整改', { exact: true }).waitFor()

  // returned with another deadline; the page of the office had been open all the time
  await stateOf(office, '待复查').waitFor({ timeout: 3000 })
  // the deadline shown is the one that runs
  await nextOf(office).locator('.next').getByText('复查期限').waitFor()
  const back = await act(office, '复查退回')
  await type(back, '复查意见', '检定证书没有附上')
  await send(back, '复查退回')
  await assertErrorBeside(back.getByRole('combobox', { name: '整改期限' }), /请选择整改期限/)
  const due = addDays(await today(t), 20)
  await typeDay(back, '整改期限', due)
  await send(back, '复查退回')
  await stateOf(office, '整改中').waitFor()
  const returned = course(office).getByRole('listitem').filter({ hasText: '复查退回' })
  await returned.getByText('检定证书没有附上').waitFor()
  await returned.locator('ins').getByText(due).waitFor()

  // again, and passed
  await stateOf(firm, '整改中').waitFor({ timeout: 3000 })
  await submit(firm, '压力表已更换，检定证书已附')
  await stateOf(firm, '待复查').waitFor()
  await stateOf(office, '待复查').waitFor({ timeout: 3000 })
  const pass = await act(office, '复查通过')
  await type(pass, '复查意见', '现场核实，同意销号')
  await send(pass, '复查通过')
  await stateOf(office, '已销号').waitFor()
  await rowOf(city, words).getByText('已销号').waitFor({ timeout: 3000 })
  await stateOf(grid, '已销号').waitFor()

  // the path shows where it stands, the course every step, newest first
  await office.getByRole('list', { name: '办理进程' }).locator('[aria-current=step]').getByText('已销号').waitFor()
  // the second round stands by itself: nothing of the first is struck out
  const again = course(office).getByRole('listitem').filter({ hasText: '检定证书已附' })
  assert.equal(await again.locator('ins').filter({ hasText: '检定证书已附' }).count(), 1)
  assert.equal(await again.locator('del').filter({ hasText: '压力表已更换' }).count(), 0)
  // and its paper is still there, apart from that of the second
  await office.getByRole('tab', { name: /附件/ }).click()
  await office.getByRole('heading', { name: '以前各轮的附件' }).waitFor()
  assert.equal(await office.getByRole('tabpanel').getByRole('link', { name: /repair\.txt/ }).count(), 2)
  await shot(office, 'hazard-files')
  const steps = await course(office).locator('.title').allInnerTexts()
  assert.deepEqual(steps, ['复查通过', '提交整改', '复查退回', '提交整改', '五落实交办', '定级', '登记'])
  await shot(office, 'hazard-closed')

  // looked back at by somebody other than whoever repaired it, who is told so; it stays closed
  await nextOf(firm).getByText('整改由您负责或登记，回头看由他人进行', { exact: true }).waitFor()
  const later = await act(office, '回头看无反弹')
  await send(later, '回头看无反弹')
  await assertErrorBeside(later.getByRole('textbox', { name: '回头看情况' }), /请填写回头看情况/)
  await type(later, '回头看情况', '压力表在检定有效期内，没有反弹')
  await assertAccessible(office)
  await shot(office, 'move-look-back')
  await send(later, '回头看无反弹')
  await course(office).getByText('回头看无反弹', { exact: true }).waitFor()
  await stateOf(office, '已销号').waitFor()
  await shot(office, 'hazard-looked-back')
})

test('the paper of a repair can be opened by those who see the hazard, and who repaired is told why another re-checks', async (t) => {
  const firm = await t.api('zhenghaisheng')
  const office = await t.api('zhoumingyuan')
  const before = await office.ask('POST', '/files?name=before.jpg', { body: readFileSync(PHOTO), type: 'image/jpeg' })
  let h = await office.newHazard('高位槽液位计看不清', FIRM, {
    photos: [before.id],
    place: { lon: '120.37', lat: '36.1034292' },
  })
  h = await office.move(h, 'classify', { level: 'general' })
  const due = addDays(await today(t), 5)
  h = await office.move(h, 'assign', {
    measures: '更换',
    responsible: (await firm.me()).id,
    funds: 0,
    due,
    contingency: '专人看守',
  })
  const page = await t.open('zhenghaisheng', `/hazards/${h.id}`)
  // what the photo says of itself stands apart from who brought it, with a hint where it cannot be of that day and place
  const facts = page.locator('.photo-facts')
  assert.match(
    await facts.innerText(),
    /照片自带时间\s*2025-03-01 10:22:05\s*拍摄地点\s*120\.35188, 36\.10343\s*距记录坐标 1\.6 公里\s*上传于\s*今天 \d\d:\d\d\s*上传人\s*\S+\s*SHA-256\s*[0-9a-f]{8}\s*早于排查日期 \d+ 天，请核对\s*拍摄地点距记录坐标 1\.6 公里，请核对/,
  )
  await assertAccessible(page)
  await shot(page, 'hazard-photo')
  await page.setViewportSize({ width: 390, height: 844 })
  await facts.scrollIntoViewIfNeeded()
  await shot(page, '390/light/hazard-photo')
  await page.setViewportSize({ width: 1440, height: 900 })
  await submit(page, '已更换', PHOTO)
  // an officer of the firm has no right to re-check either: the rule is what is said, in place of the button and when asked for
  await nextOf(page).getByText('整改由您负责或登记，须由他人复查', { exact: true }).waitFor()
  await shot(page, 'firm-barred')
  await assert.rejects(
    firm.move(await firm.get(`/hazards/${h.id}`), 'recheck-pass', { opinion: '同意' }),
    /hazard\.same_person|复查人不能是整改人/,
  )
  await page.getByRole('tab', { name: /附件/ }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /repair\.txt/ }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'repair.txt')
})

test('who is responsible for a repair is not offered its re-check, is told why, and is refused by name', async (t) => {
  const office = await t.api('xujing')
  let h = await office.newHazard('配电箱门未接地')
  h = await office.move(h, 'classify', { level: 'general' })
  const page = await t.open('xujing', `/hazards/${h.id}`)
  await send(await arrange(page, t, '许静'), '五落实交办')
  await stateOf(page, '已交办').waitFor()
  await submit(page, '已接地')
  await stateOf(page, '待复查').waitFor()
  const before = await office.get(`/hazards/${h.id}`)

  // neither outcome is offered, why is said in its place, and asked for all the same it is refused by name
  await nextOf(page).getByText('现在没有您要办的事').waitFor()
  await nextOf(page).getByRole('listitem').filter({ hasText: /^复查通过：.*(网格员|安监).*期限/ }).waitFor()
  await nextOf(page).getByText('整改由您负责或登记，须由他人复查', { exact: true }).waitFor()
  await nextOf(page).getByRole('button', { name: '其他办理' }).click()
  await page.getByRole('menuitem', { name: '随单位关闭终结' }).waitFor()
  assert.equal(await page.getByRole('menuitem', { name: /复查/ }).count(), 0)
  await shot(page, 'move-not-offered')
  await page.keyboard.press('Escape')
  await assert.rejects(office.move(before, 'recheck-pass', { opinion: '同意' }), /hazard\.same_person|复查人不能是整改人/)
  assert.deepEqual(await office.get(`/hazards/${h.id}`), before)
})

test('a hazard is classified with the keyboard alone', async (t) => {
  const words = '空压机皮带无防护罩'
  const grid = await t.api('hezhicheng')
  const h = await grid.newHazard(words)
  const page = await t.open('zhoumingyuan', '/hazards')
  await rowOf(page, words).waitFor()
  const keys = page.keyboard
  await keys.press('/')
  await keys.type('压机皮带')
  await page.getByRole('option', { name: new RegExp(words) }).waitFor()
  await keys.press('ArrowDown')
  await keys.press('Enter')
  await page.getByRole('heading', { name: words }).waitFor()

  const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
  for (let i = 0; i < 80 && (await focused()) !== '定级'; i += 1) await keys.press('Tab')
  assert.equal(await focused(), '定级')
  await keys.press('Enter')
  const form = page.getByRole('dialog', { name: '定级' })
  await form.waitFor()
  const level = form.getByRole('combobox', { name: '隐患级别' })
  for (let i = 0; i < 5 && !(await has(level)); i += 1) await keys.press('Tab')
  assert.ok(await has(level), 'the level cannot be reached')
  await keys.press('Enter')
  await page.getByRole('option', { name: '一般隐患' }).waitFor()
  await keys.press('ArrowDown')
  await keys.press('Enter')
  for (let i = 0; i < 20 && (await focused()) !== '定级'; i += 1) await keys.press('Tab')
  await keys.press('Enter')
  await stateOf(page, '已定级').waitFor()
  const now = await grid.get(`/hazards/${h.id}`)
  assert.deepEqual([now.state, now.level], ['classified', 'general'])
})

test('a move opens with the keyboard in its first field', async (t) => {
  const h = await (await t.api('hezhicheng')).newHazard('吊带磨损')
  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  const form = await act(page, '定级')
  const level = form.getByRole('combobox', { name: '隐患级别' })
  await until(async () => assert.ok(await has(level), 'the focus is elsewhere'), 2000)
})

test('a form without the unit is not sent, and says so beside it', async (t) => {
  const page = await t.open('hezhicheng', '/hazards/new')
  await type(page, '隐患内容', '只写了内容')
  await page.getByRole('button', { name: '登记隐患' }).click()
  await page
    .getByRole('alert')
    .getByText(/没有保存：\d+ 处要改/)
    .waitFor()
  const unit = page.getByRole('combobox', { name: '责任单位' })
  assert.match(await (await noteOf(unit)).innerText(), /请选择责任单位/)
  await shot(page, 'hazard-form-refused')
})

test('on a phone a hazard asks for what is needed, then pictures, then the rest when wanted', async (t) => {
  const page = await t.open('hezhicheng', '/hazards/new', { width: 390, height: 844 })
  const labels = () => page.locator('.form label').evaluateAll((all) => all.map((e) => e.firstChild.textContent.trim()))
  await page.getByRole('textbox', { name: '隐患内容' }).waitFor()
  assert.deepEqual(await labels(), ['隐患内容', '责任单位', '排查日期', '发现方式', '现场照片'])
  await shot(page, '390/light/hazard-report')
  await assertAccessible(page)
  await page.getByRole('main').getByRole('button', { name: /^更多/ }).click()
  const where = page.getByRole('textbox', { name: '具体位置' })
  await where.fill('二层平台')
  await shot(page, '390/light/hazard-report-more')
  await page.getByText(/已自动保存/).waitFor()
  // what was entered is in sight when the form comes back
  await page.reload()
  await where.waitFor()
  assert.equal(await where.inputValue(), '二层平台')
  // what is refused is named, and what is folded away by another screen is the same form
  await page.getByRole('button', { name: '登记隐患' }).click()
  await assertErrorBeside(page.getByRole('combobox', { name: '责任单位' }), /请选择责任单位/)
  await page.setViewportSize({ width: 1440, height: 900 })
  assert.ok((await labels()).indexOf('具体位置') < (await labels()).indexOf('现场照片'))
})

test('what is refused under 更多 is opened and come to', async (t) => {
  await (await t.api('hezhicheng')).ask('DELETE', '/me/drafts?form=hazard.new')
  const page = await t.open('hezhicheng', '/hazards/new', { width: 390, height: 844 })
  await type(page, '隐患内容', '位置写错的隐患')
  await choose(page, '责任单位', FIRM, '禾川')
  const where = page.getByRole('textbox', { name: '具体位置' })
  assert.equal(await where.count(), 0)
  await page.route('**/api/v1/hazards', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Refused', status: 422, code: 'rules', detail: '没有保存', fields: { location: '请写到车间或楼层' } }),
    }),
  )
  await page.getByRole('button', { name: '登记隐患' }).click()
  await where.and(page.locator(':focus')).waitFor()
  await assertErrorBeside(where, /请写到车间或楼层/)
  const { y, height } = await where.boundingBox()
  assert.ok(y > 0 && y + height < 844 - 100, `the field stands at ${y}`)
  await shot(page, '390/light/hazard-report-refused')
})
