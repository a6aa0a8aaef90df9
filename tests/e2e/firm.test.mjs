// One file for each firm: lamps, counted tabs, sources, verification, the sheet of a major hazard, fields by type.
import assert from 'node:assert/strict'
import axe from 'axe-core'
import { choose, type } from './lib/form.mjs'
import { shot, test, until } from './lib/runner.mjs'

const FIRM = '澜北禾川精细化工有限公司'

async function firmOf(api) {
  return api.find('enterprises', FIRM)
}

async function axeFaults(page) {
  await page.evaluate(axe.source)
  const found = await page.evaluate(() => axe.run(document, { iframes: false, resultTypes: ['violations'] }))
  return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)
}

test('the page of a firm shows its lamps, what is missing, and counted tabs', async (t) => {
  const api = await t.api('xujing')
  const firm = await firmOf(api)
  const counts = (await api.get(`/enterprises/${firm.id}/counts`)).items
  const licences = counts.find((c) => c.kind === 'licence').count
  const context = await t.context('xujing')
  const page = await context.newPage()
  await page.goto(`/enterprises/${firm.id}`)
  // what the authority thinks of it stands beside the name, each with a word
  const marks = page.locator('.head .marks')
  await marks.getByText('监管等级').waitFor()
  await marks.getByText(/[A-D]级/).first().waitFor()
  await marks.getByText(/风险（[红橙黄蓝]）/).waitFor()
  const lamp = page.getByRole('button', { name: /^安全管理到位/ })
  await lamp.click()
  await page.getByText(/需要 \d+ 名专职，现有 \d+ 名/).waitFor()
  await shot(page, 'firm')
  // an empty tab is for those who may add to it
  const kinds = await api.get('/meta').then((m) => m.kinds)
  const me = await api.me()
  for (const c of counts.filter((x) => !x.count && !me.verbs[x.kind]?.includes('create'))) {
    const label = kinds.find((k) => k.name === c.kind).label.zh
    assert.equal(await page.getByRole('tab', { name: new RegExp(`^${label} ?0$`) }).count(), 0, label)
  }
  const tab = page.getByRole('tab', { name: new RegExp(`^许可证照 ?${licences}$`) })
  await tab.click()
  await page.getByRole('tabpanel').getByRole('row').nth(licences).waitFor()
  assert.deepEqual(await axeFaults(page), [])
  await page.setViewportSize({ width: 390, height: 844 })
  await shot(page, 'firm-narrow')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto('/enterprises')
  await page.getByRole('columnheader', { name: '监管等级' }).waitFor()
  await shot(page, 'firms')

  // what is missing is filled in from its lamp: the form opens at that field, ready to be typed into
  const bare = await api.ask('POST', '/enterprises', {
    json: { name: '待补演练木器厂', no_code_reason: 'new', region: '990102001001', sector: 'INDUSTRY' },
  })
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(`/enterprises/${bare.id}`)
  await page.getByRole('button', { name: /^应急救援到位/ }).click()
  await page.getByRole('listitem').filter({ hasText: /^\D*应急演练/ }).getByRole('button', { name: '去填写' }).last().click()
  const field = page.getByRole('dialog').getByRole('combobox', { name: '最近演练日期' })
  await until(async () => assert.ok(await field.evaluate((f) => f === document.activeElement), 'the field has no focus'))
  const drawer = await page.getByRole('dialog', { name: /^修改：/ }).boundingBox()
  assert.deepEqual([drawer.y, drawer.height], [0, 900], 'the drawer left its place')
  await shot(page, 'firm-fill-in')
})

test('a firm has its grade, its promises and the papers issued to it in tabs', async (t) => {
  const api = await t.api('xujing')
  const firm = await firmOf(api)
  const grade = (await api.get(`/standardizations?object=${firm.id}`)).items[0]
  const promise = (await api.get(`/safety-promises?object=${firm.id}`)).items[0]
  const head = await t.context('fanguolin')
  const page = await head.newPage()
  await page.goto(`/enterprises/${firm.id}`)
  await page.getByRole('button', { name: /^安全责任到位/ }).click()
  await page.getByText('当日已公告').waitFor()
  await page.getByRole('tab', { name: /^安全承诺公告 ?3$/ }).click()
  await shot(page, 'firm-promises')
  await page.getByRole('tab', { name: /^执法文书 ?\d+$|^文书 ?\d+$/ }).click()
  await page.getByRole('tabpanel').getByText('已签发').or(page.getByRole('tabpanel').getByText('已送达')).first().waitFor()
  await shot(page, 'firm-papers')
  for (const [width, height, name] of [
    [1440, 900, ''],
    [390, 844, '-narrow'],
  ]) {
    await page.setViewportSize({ width, height })
    await page.goto(`/standardizations/${grade.id}`)
    await page.getByText(/该等级一般不低于 75 分/).waitFor()
    assert.deepEqual(await axeFaults(page), [])
    await shot(page, `grade${name}`)
    await page.goto(`/safety-promises/${promise.id}`)
    await page.getByText('三名责任人均已写明').waitFor()
    assert.deepEqual(await axeFaults(page), [])
    await shot(page, `promise${name}`)
    await page.goto(`/safety-promises/new?object=${firm.id}`)
    await page.getByText('重大风险（红）').waitFor()
    await shot(page, `promise-form${name}`)
  }
})

test('a form opened for a firm says its name, with the keyboard in the field or not', async (t) => {
  const firm = await firmOf(await t.api('fanguolin'))
  const page = await t.open('fanguolin', `/safety-promises/new?object=${firm.id}`)
  const box = page.getByRole('combobox', { name: '承诺单位' })
  await box.waitFor()
  await until(async () => assert.match(await page.locator('.el-select', { has: box }).innerText(), new RegExp(FIRM)))
  await box.focus()
  assert.match(await page.locator('.el-select', { has: box }).innerText(), new RegExp(FIRM))
})

test('a fact says who supplied it, is verified, and falls when it changes', async (t) => {
  const api = await t.api('xujing')
  const firm = await firmOf(api)
  const context = await t.context('xujing')
  const page = await context.newPage()
  await page.goto(`/enterprises/${firm.id}`)
  // where a fact comes from is no mark on it before it was verified, but words for whoever asks
  const facts = page.getByRole('tabpanel')
  await page.getByRole('button', { name: '看资料来源' }).click()
  await facts.getByText(/填报；未核实$/).first().waitFor()
  await page.getByRole('button', { name: '收起资料来源' }).click()
  assert.equal(await facts.getByRole('button', { name: '安全负责人的来源' }).count(), 0)
  await page.getByRole('button', { name: '核实资料' }).click()
  const dialog = page.getByRole('dialog', { name: '核实资料' })
  await dialog.getByText('安全负责人', { exact: true }).click()
  await shot(page, 'verify')
  await dialog.getByRole('button', { name: '核实 1 项' }).click()
  await page.getByText('已核实 1 项').waitFor()
  await page.getByRole('button', { name: '安全负责人的来源' }).click()
  await page.getByText(/许静.*核实/).waitFor()
  const now = await api.get(`/enterprises/${firm.id}`)
  await api.ask('PATCH', `/enterprises/${firm.id}`, { json: { safety_head: '改名人' }, version: now.version })
  await until(async () => {
    const source = (await api.get(`/enterprises/${firm.id}/sources`)).items.find((s) => s.field === 'safety_head')
    assert.equal(source.verified, null)
  })
})

test('a major hazard shows each step of its sheet', async (t) => {
  const api = await t.api('xujing')
  const source = (await api.get('/major-hazard-sources?limit=1')).items[0]
  const context = await t.context('xujing')
  const page = await context.newPage()
  await page.goto(`/major-hazard-sources/${source.id}`)
  await page.getByText(/^S = Σ q\/Q = /).waitFor()
  await page.getByText(/^R = α × Σ β·q\/Q = /).waitFor()
  await shot(page, 'source')
})

test('a facility asks for what belongs to its type alone', async (t) => {
  const context = await t.context('xujing')
  const page = await context.newPage()
  await page.goto('/facilities/new')
  await type(page, '名称', '演示尾矿库')
  assert.equal(await page.getByLabel('现状坝高').count(), 0)
  await choose(page, '类型', '尾矿库')
  await page.getByLabel(/^现状坝高/).waitFor()
  assert.equal(await page.getByLabel(/^施工许可证号/).count(), 0)
  await shot(page, 'facility')
})
