// A town's people see their town: in the list, the search, by address, and in what opens by itself.
import assert from 'node:assert/strict'
import { shot, test } from './lib/runner.mjs'

const SECRET = '液氯钢瓶未固定'

test('a person of another town finds nothing of a hazard by list, search or address', async (t) => {
  const h = await (await t.api('hezhicheng')).newHazard(SECRET)
  const page = await t.open('wanghaitao', '/hazards')
  await page.getByRole('row').nth(1).waitFor()
  await page.getByRole('textbox', { name: '找内容' }).fill('液氯')
  await page.getByText('没有符合条件的隐患').waitFor()

  await page.getByRole('combobox', { name: '全站搜索' }).fill('液氯钢瓶')
  await page.getByText('没有找到“液氯钢瓶”').waitFor()

  await page.goto(`/hazards?object=${h.object.id}`)
  await page.getByText('没有符合条件的隐患').waitFor()
  assert.ok(!(await page.locator('body').innerText()).includes('禾川'), 'the name of the unit is shown')

  await page.goto(`/hazards/${h.id}`)
  await page.getByText('看不到这条记录').waitFor()
  const text = await page.locator('body').innerText()
  for (const word of [SECRET, '液氯', '禾川', '贺志成', h.number])
    assert.ok(!text.includes(word), `the page says ${word}`)
  assert.ok(!(await page.title()).includes('液氯'), 'the title names it')
  await shot(page, 'record-not-found')

  const missing = await t.open('wanghaitao', '/hazards/99999999')
  await missing.getByText('看不到这条记录').waitFor()
  const strip = (s) => s.replaceAll(/\d{4,}|复制详情 \S+|\d+:\d+(:\d+)?/g, '')
  assert.equal(strip(await missing.locator('main').innerText()), strip(await page.locator('main').innerText()))
})

test('a person of another town hears nothing of a new hazard', async (t) => {
  const away = await t.open('wanghaitao', '/hazards')
  const near = await t.open('zhoumingyuan', '/hazards')
  for (const page of [away, near]) await page.getByRole('row').nth(1).waitFor()
  const heard = []
  away.on('request', (r) => r.url().includes('/api/') && heard.push(r.url()))
  await (await t.api('hezhicheng')).newHazard('氯气报警器探头失效')
  await near.getByRole('row').filter({ hasText: '氯气报警器探头失效' }).waitFor({ timeout: 3000 })
  await away.getByRole('row').nth(1).waitFor()
  assert.deepEqual(heard, [])
})

test('a firm sees its own hazards only, and no button that is not its own', async (t) => {
  const page = await t.open('zhenghaisheng', '/hazards')
  await page.getByRole('row').nth(1).waitFor()
  const units = await page.locator('main').innerText()
  for (const other of ['佳和木业', '清源污水', '锦悦商业']) assert.ok(!units.includes(other), `${other} is shown`)
  assert.equal(await page.getByRole('button', { name: '导入' }).count(), 0)
  await page.goto('/hazards/import')
  await page.getByText('没有这个页面').waitFor()
})

test('who may only look is offered nothing to change', async (t) => {
  const page = await t.open('wuchengdong', '/hazards')
  await page.getByRole('row').nth(1).waitFor()
  assert.equal(await page.getByRole('button', { name: '登记隐患' }).count(), 0)
  assert.equal(await page.getByRole('button', { name: '导入' }).count(), 0)
  await page.getByRole('row').nth(1).click()
  await page.getByText('现在没有您要办的事').or(page.getByText('已办结')).first().waitFor()
  assert.equal(await page.getByRole('button', { name: '修改', exact: true }).count(), 0)
})

test('through somebody else’s eyes the pages only read, and ask for nothing that is one’s own', async (t) => {
  const other = await (await t.api('wanghaitao')).me()
  const page = await t.open('xujing', '/hazards')
  await page.getByRole('button', { name: '导入' }).waitFor()
  await page.evaluate((id) => sessionStorage.setItem('anlan.as', String(id)), other.id)
  const refused = []
  page.on('response', (r) => r.status() === 403 && refused.push(r.url()))
  await page.goto('/hazards')
  await page.getByText(`正以 ${other.display_name} 的身份查看`).waitFor()
  await page.getByRole('row').nth(1).waitFor()
  for (const name of ['导入', '导出', /^登记|^新建/, /后台任务/])
    assert.equal(await page.getByRole('button', { name }).count(), 0, `offers ${name}`)
  assert.equal(await page.getByRole('link', { name: '网格与边界' }).count(), 0)
  await shot(page, 'see-as')
  await page.getByRole('row').nth(1).click()
  await page.waitForURL(/\/hazards\/\d+$/)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  assert.equal(await page.getByRole('button', { name: '修改', exact: true }).count(), 0)
  assert.deepEqual(refused, [])
  await page.getByRole('button', { name: '回到本人' }).click()
  await page.waitForURL((u) => u.pathname === '/')
  await page.goto('/hazards')
  await page.getByRole('button', { name: '导入' }).waitFor()
})
