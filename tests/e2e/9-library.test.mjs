// The judgement standards and the days off: looked up by everybody, and offered as candidates while one writes.
import assert from 'node:assert/strict'
import { type } from './lib/form.mjs'
import { shot, test } from './lib/runner.mjs'

const WORDS = '污水池有限空间作业未审批，未先通风再检测后作业，无监护人员'
const candidates = (scope) => scope.getByRole('region', { name: '可能涉及的重大隐患判定条款' })

test('clauses that may apply are offered while a hazard is written, and used when it is classified', async (t) => {
  const grid = await t.open('hezhicheng', '/hazards/new')
  await type(grid, '隐患内容', WORDS)
  await candidates(grid).getByText('GM-13-2').waitFor()
  await candidates(grid).getByText('不是结论').waitFor()
  assert.equal(await candidates(grid).getByRole('button').count(), 0, 'who reports it does not judge it')
  await shot(grid, 'clause-candidates')

  const api = await t.api('xujing')
  const made = await api.newHazard(WORDS, '澜北清源污水处理有限公司')
  // of an inspector it is expected to classify it
  const page = await t.open('zhoumingyuan', `/hazards/${made.id}`)
  await page.getByRole('complementary', { name: '下一步' }).getByRole('button', { name: '定级', exact: true }).click()
  const form = page.getByRole('dialog', { name: '定级' })
  await form.waitFor()
  await candidates(form).getByRole('button', { name: '引用条款 GM-13-2' }).click()
  assert.equal(await form.getByLabel('判定依据').inputValue(), 'GM-13-2')
  await candidates(form).getByRole('button', { name: '引用条款 GM-13-2' }).isDisabled()
  await shot(page, 'clause-used')
})

test('the judgement standards are a list everybody searches and nobody writes', async (t) => {
  const page = await t.open('hezhicheng', '/clauses')
  await page.getByRole('grid').getByText('CM-10', { exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: /^登记|^新建|^新增/ }).count(), 0)
  await shot(page, 'clauses')
  const found = await t.open('hezhicheng', `/clauses?q=${encodeURIComponent('快速冻结装置')}`)
  await found.getByRole('grid').getByText('GM-12-2').waitFor()
  assert.equal(await found.getByRole('grid').locator('[data-at]').count(), 1)
})

test('days off are kept by the office alone', async (t) => {
  const office = await t.api('xujing')
  const grid = await t.api('hezhicheng')
  const day = { name: '停工日', first_on: '2027-11-08', last_on: '2027-11-08', work: false }
  await grid.ask('POST', '/holidays', { json: day, status: 403 })
  const made = await office.ask('POST', '/holidays', { json: day })
  const page = await t.open('xujing', '/holidays')
  await page.getByRole('grid').getByText('停工日').waitFor()
  await shot(page, 'holidays')
  await office.ask('DELETE', `/holidays/${made.id}`, { version: made.version })
})
