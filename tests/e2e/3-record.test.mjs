// One record: two people at once, what is typed and not sent, what is masked, the bin.
import assert from 'node:assert/strict'
import { type } from './lib/form.mjs'
import { shot, test, until } from './lib/runner.mjs'

async function edit(page) {
  await page.getByRole('button', { name: '修改', exact: true }).click()
  const form = page.getByRole('dialog', { name: /^修改：/ })
  await form.waitFor()
  return form
}

const save = (form) => form.getByRole('button', { name: /^保存/ }).click()

test('two tabs change one record: the second is shown both versions field by field and chooses', async (t) => {
  const api = await t.api('hezhicheng')
  const h = await api.newHazard('护栏高度不足', undefined, { location: '二层平台' })
  const context = await t.context('hezhicheng')
  const [first, second] = [await context.newPage(), await context.newPage()]
  for (const page of [first, second]) await page.goto(`/hazards/${h.id}`)
  const [one, two] = [await edit(first), await edit(second)]

  await type(one, '具体位置', '三层平台')
  await type(one, '隐患内容', '护栏高度不足，只有 0.8 米')
  await save(one)
  await first.getByText('已保存，改了 2 项').waitFor()

  await type(two, '具体位置', '四层平台')
  await type(two, '原系统编号', 'E2E-412')
  await save(two)
  await two.getByRole('heading', { name: /两边都改过/ }).waitFor()
  const row = (label) => two.getByRole('row').filter({ has: second.getByRole('rowheader', { name: label }) })
  const cells = async (label) => (await row(label).getByRole('cell').allInnerTexts()).map((c) => c.trim())
  assert.deepEqual(await cells('具体位置'), ['二层平台', '四层平台', '三层平台'])
  assert.deepEqual(await cells('隐患内容'), ['护栏高度不足', '护栏高度不足', '护栏高度不足，只有 0.8 米'])
  assert.deepEqual(await cells('原系统编号'), ['未填', 'E2E-412', '未填'])
  await shot(second, 'compare')

  const go = two.getByRole('button', { name: '按选定内容保存' })
  assert.ok(await go.isDisabled(), 'it can be saved before the one conflict is decided')
  await row('具体位置').getByRole('radio', { name: '四层平台' }).check()
  await go.click()
  await two.waitFor({ state: 'hidden' })
  const now = await api.get(`/hazards/${h.id}`)
  assert.deepEqual(
    [now.location, now.description, now.external_no],
    ['四层平台', '护栏高度不足，只有 0.8 米', 'E2E-412'],
  )
  const acts = (await api.get(`/hazards/${h.id}/history`)).items
  assert.deepEqual([now.version, acts.length], [3, 3])
})

test('two tabs of one browser hear over one stream; when the one that holds it closes, the other goes on hearing', async (t) => {
  const api = await t.api('zhoumingyuan')
  const h = await api.newHazard('两个页签同听', undefined, { location: '一号位' })
  let version = h.version
  const put = async (location) => {
    version = (await api.ask('PATCH', `/hazards/${h.id}`, { json: { location }, version })).version
  }
  const context = await t.context('hezhicheng')
  const asked = []
  const isStream = (r) => new URL(r.url()).pathname === '/api/v1/events'
  context.on('request', (r) => isStream(r) && asked.push(r.frame().page()))
  const [first, second] = [await context.newPage(), await context.newPage()]
  const streaming = first.waitForResponse(isStream)
  for (const page of [first, second]) {
    await page.goto(`/hazards/${h.id}`)
    await page.getByText('一号位', { exact: true }).first().waitFor()
    await streaming
  }

  await put('二号位')
  for (const page of [first, second]) await page.getByText('二号位', { exact: true }).first().waitFor()
  assert.deepEqual(asked.map((page) => page === first), [true], 'one stream, and it is the first tab that has it')

  const taken = second.waitForResponse(isStream)
  await first.close()
  await taken
  await second.waitForTimeout(1500) // it asks for what it may have missed; what comes now, comes by the stream
  await put('三号位')
  await second.getByText('三号位', { exact: true }).first().waitFor()
  assert.deepEqual(asked.map((page) => page === second), [false, true], 'one stream, and now the second tab has it')
})

test('what was typed into a form is there again after the page is loaded anew', async (t) => {
  const page = await t.open('hezhicheng', '/hazards/new')
  await type(page, '隐患内容', '没有写完的一条')
  await type(page, '具体位置', '东门')
  await page.getByText(/已自动保存/).waitFor()
  await page.reload()
  await page.getByText(/已取回 .* 没有保存完的内容/).waitFor()
  assert.equal(await page.getByRole('textbox', { name: '隐患内容' }).inputValue(), '没有写完的一条')
  assert.equal(await page.getByRole('textbox', { name: '具体位置' }).inputValue(), '东门')
  await page.getByRole('button', { name: '不要了，重新填' }).click()
  assert.equal(await page.getByRole('textbox', { name: '隐患内容' }).inputValue(), '')
  await page.reload()
  await page.getByRole('textbox', { name: '隐患内容' }).waitFor()
  assert.equal(await page.getByRole('textbox', { name: '隐患内容' }).inputValue(), '')
})

test('a draft belongs to the person who typed it', async (t) => {
  const context = await t.context(null)
  const page = await context.newPage()
  const enter = async (who, as) => {
    await page.goto('/sign-in')
    await page.getByRole('button', { name: new RegExp(who) }).click()
    await page.getByRole('heading', { name: '工作台' }).waitFor()
    await page.goto('/hazards/new')
    await page.getByRole('textbox', { name: '隐患内容' }).waitFor()
    return as
  }
  await enter('贺志成')
  await type(page, '隐患内容', '只给自己看的草稿')
  await page.getByText(/已自动保存/).waitFor()
  await enter('汪海涛')
  assert.equal(await page.getByRole('textbox', { name: '隐患内容' }).inputValue(), '')
})

test('a telephone number is masked until somebody who may asks for it', async (t) => {
  const firm = await (await t.api('zhoumingyuan')).find('enterprises', '禾川')
  const masked = firm.phone
  assert.match(masked, /^1\d\d\*{4}\d{4}$/)

  const may = await t.open('zhoumingyuan', `/enterprises/${firm.id}`)
  await may.getByText(masked, { exact: true }).waitFor()
  await may.getByRole('button', { name: /查看联系电话原文/ }).click()
  await may.getByText(new RegExp(`^${masked.slice(0, 3)}\\d{4}${masked.slice(-4)}$`)).waitFor()
  await may.getByRole('button', { name: '收起' }).click()
  await may.getByText(masked, { exact: true }).waitFor()

  const mayNot = await t.open('hezhicheng', `/enterprises/${firm.id}`)
  await mayNot.getByText(masked, { exact: true }).waitFor()
  assert.equal(await mayNot.getByRole('button', { name: /原文/ }).count(), 0)
})

test('a record goes into the bin, is found there, and comes back', async (t) => {
  const api = await t.api('zhoumingyuan')
  const h = await api.newHazard('重复登记的一条')
  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  await page.getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('menuitem', { name: '移入回收站' }).click()
  const sure = page.getByRole('dialog', { name: /移入回收站/ })
  await sure.getByRole('button', { name: '移入回收站' }).click()
  await until(async () => assert.equal(new URL(page.url()).pathname, '/hazards'))
  await page.getByRole('row').nth(1).waitFor()
  assert.equal(await page.getByRole('row').filter({ hasText: '重复登记的一条' }).count(), 0)
  await page.getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('menuitem', { name: '回收站' }).click()
  await page.getByRole('row').filter({ hasText: '重复登记的一条' }).click()
  await page.getByRole('button', { name: '恢复' }).click()
  await page.getByText('已恢复：重复登记的一条').waitFor()
  assert.equal((await api.get(`/hazards/${h.id}`)).removed_at, null)
})
