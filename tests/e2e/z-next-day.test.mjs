// Deadlines that climb by themselves: seen with their dates before they happen.
import assert from 'node:assert/strict'
import { addDays } from './lib/api.mjs'
import { shot, test } from './lib/runner.mjs'

async function assigned(api, description, firm, responsible, days) {
  const h = await api.newHazard(description, firm)
  const c = await api.move(h, 'classify', { level: 'general' })
  return api.move(c, 'assign', {
    measures: '清理并加固',
    funds: 0,
    due: addDays((await api.me()).server_day, days),
    contingency: '停用该区域',
    responsible: (await api.find('accounts', responsible)).id,
  })
}

test('whom a deadline will tell stands on the record with the dates before it happens', async (t) => {
  const api = await t.api('xujing')
  const h = await assigned(api, '二层平台护栏松动', '澜北禾川精细化工有限公司', '郑海生', 10)
  const page = await t.open('xujing', `/hazards/${h.id}`)
  const ladder = page.getByRole('region', { name: '整改期限' })
  await ladder.getByText(/^到期前 3 个工作日/).waitFor()
  await ladder.getByText('将告知 责任人 郑海生').first().waitFor()
  await shot(page, 'ladder')
  await ladder.getByRole('button', { name: /再往上 6 级/ }).click()
  assert.equal(await ladder.getByRole('listitem').count(), 8)
  await ladder.getByText('将告知 企业主要负责人 范国林').waitFor()
  await shot(page, 'ladder-open')
})
