// What leaves the platform, what works in the background, and what can be taken back.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { shot, test, until } from './lib/runner.mjs'

const listed = async (page) => page.locator('[data-at]').first().waitFor()

async function total(page) {
  const text = await page.getByText(/^共 [\d,]+ 条$/).innerText()
  return Number(text.replace(/\D/g, ''))
}

async function openExport(page) {
  await page.getByRole('button', { name: '导出', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: '导出隐患台账' })
  await dialog.waitFor()
  return dialog
}

// Header and rows of a table without line breaks in its cells.
function lines(path) {
  const text = readFileSync(path, 'utf8')
  assert.equal(text.charCodeAt(0), 0xfeff)
  return text.slice(1).trimEnd().split('\r\n')
}

test('the export has as many rows as the list says, and its sentence', async (t) => {
  const page = await t.open('xujing', '/hazards?level=general&state=closed')
  await listed(page)
  const all = await total(page)
  const dialog = await openExport(page)
  const said = (await dialog.locator('form p').first().innerText()).replaceAll('\n', '')
  assert.match(said, /隐患状态为已销号/)
  assert.match(said, /隐患级别为一般隐患/)
  await dialog.getByRole('radio', { name: /csv/ }).check()
  await shot(page, 'export')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: `导出 ${all} 行` }).click(),
  ])
  assert.match(download.suggestedFilename(), /\.csv$/)
  assert.equal(lines(await download.path()).length - 1, all)
})

test('columns are exported in the order the reader gave them, and the order is there on the next device', async (t) => {
  const page = await t.open('zhoumingyuan', '/hazards?state=closed')
  await listed(page)
  const dialog = await openExport(page)
  await dialog.getByRole('radio', { name: /csv/ }).check()
  await dialog.getByRole('radio', { name: '自选列' }).check()
  const ticked = dialog.getByRole('checkbox', { checked: true })
  while (await ticked.count()) await ticked.first().uncheck()
  for (const name of ['隐患内容', '整改期限', '编号']) await dialog.getByRole('checkbox', { name, exact: true }).check()
  await dialog.getByRole('button', { name: /^编号，第 3 列/ }).focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await dialog.getByRole('button', { name: /^编号，第 1 列/ }).waitFor()
  // and by the mouse: the deadline before the content
  const handle = await dialog.getByRole('button', { name: /^整改期限，第 3 列/ }).boundingBox()
  const place = await dialog.getByRole('button', { name: /^隐患内容，第 2 列/ }).boundingBox()
  await page.mouse.move(handle.x + 10, handle.y + 10)
  await page.mouse.down()
  await page.mouse.move(place.x + 10, place.y + 20, { steps: 4 })
  await page.mouse.move(place.x + 10, place.y + 6, { steps: 4 })
  await page.mouse.up()
  await dialog.getByRole('button', { name: /^整改期限，第 2 列/ }).waitFor()
  await shot(page, 'export-columns')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: /^导出 \d+ 行/ }).click(),
  ])
  const head = lines(await download.path())[0].split(',')
  assert.deepEqual(
    head.filter((h) => ['编号', '整改期限', '隐患内容'].includes(h)),
    ['编号', '整改期限', '隐患内容'],
  )

  const other = await t.open('zhoumingyuan', '/hazards')
  await listed(other)
  const again = await openExport(other)
  await again.getByRole('button', { name: /^整改期限，第 2 列/ }).waitFor()
  assert.ok(await again.getByRole('radio', { name: '自选列' }).isChecked())
})

test('an exported workbook stays in the background jobs, for its owner alone', async (t) => {
  const page = await t.open('xujing', '/hazards?state=closed')
  await listed(page)
  const dialog = await openExport(page)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: /^导出 \d+ 行/ }).click(),
  ])
  assert.equal(
    readFileSync(await download.path())
      .subarray(0, 2)
      .toString(),
    'PK',
  )
  const name = download.suggestedFilename()
  await page.getByRole('button', { name: /^后台任务/ }).click()
  const jobs = page.getByRole('dialog', { name: '后台任务' })
  const row = jobs.getByRole('listitem').filter({ hasText: name }).first()
  await row.getByText('已完成').waitFor()
  await shot(page, 'jobs')
  const [again] = await Promise.all([page.waitForEvent('download'), row.getByRole('link').click()])
  assert.equal(again.suggestedFilename(), name)

  const other = await t.open('hezhicheng', '/hazards')
  await listed(other)
  await other.getByRole('button', { name: /^后台任务/ }).click()
  await other.getByRole('dialog', { name: '后台任务' }).getByText('近 7 天没有后台任务。').waitFor()
})

test('a job that ends while another page is open is told there', async (t) => {
  const page = await t.open('xujing', '/enterprises')
  await listed(page)
  const api = await t.api('xujing')
  await api.ask('POST', '/hazards/export', {
    json: { format: 'csv', columns: null, filter: 'state=closed', sort: null, language: 'zh' },
  })
  await page.getByRole('button', { name: /后台任务.*1 项有结果/ }).waitFor()
  await page.getByRole('button', { name: /后台任务/ }).click()
  await page.getByRole('dialog', { name: '后台任务' }).getByText('已完成').first().waitFor()
  await page.keyboard.press('Escape')
  await until(async () => assert.equal(await page.getByText('项有结果').count(), 0))
})

test('an edit is taken back from its message', async (t) => {
  const api = await t.api('zhoumingyuan')
  const h = await api.newHazard('配电柜门未关')
  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  await page.getByRole('button', { name: '修改', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('textbox', { name: '隐患内容' }).fill('配电柜门未关严')
  await drawer.getByRole('button', { name: /^保存/ }).click()
  await page.getByText('已保存，改了 1 项').waitFor()
  assert.equal((await api.get(`/hazards/${h.id}`)).description, '配电柜门未关严')
  await page.getByRole('button', { name: '撤销' }).click()
  await page.getByText('已撤销对').waitFor()
  await page.getByRole('heading', { name: '配电柜门未关', exact: true }).waitFor()
  assert.equal((await api.get(`/hazards/${h.id}`)).description, '配电柜门未关')
})

test('an edit that somebody built on since is not taken back, and the message says why', async (t) => {
  const api = await t.api('zhoumingyuan')
  const h = await api.newHazard('疏散通道堆放纸箱')
  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  await page.getByRole('button', { name: '修改', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('textbox', { name: '隐患内容' }).fill('疏散通道堆放纸箱和木板')
  await drawer.getByRole('button', { name: /^保存/ }).click()
  await page.getByText('已保存，改了 1 项').waitFor()
  const now = await api.get(`/hazards/${h.id}`)
  await (
    await t.api('xujing')
  ).ask('PATCH', `/hazards/${h.id}`, {
    json: { description: '疏散通道堆放杂物' },
    version: now.version,
  })
  await page.getByRole('button', { name: '撤销' }).click()
  await page.getByText(/^没有撤销：/).waitFor()
  assert.equal((await api.get(`/hazards/${h.id}`)).description, '疏散通道堆放杂物')
})

test('a record is called back from the bin by its message', async (t) => {
  const api = await t.api('zhoumingyuan')
  const h = await api.newHazard('误登记的一条')
  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  await page.getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('menuitem', { name: '移入回收站' }).click()
  await page
    .getByRole('dialog', { name: /移入回收站/ })
    .getByRole('button', { name: '移入回收站' })
    .click()
  await page.getByText('已移入回收站').waitFor()
  assert.notEqual((await api.get(`/hazards/${h.id}`)).removed_at, null)
  await page.getByRole('button', { name: '撤销' }).click()
  await page.getByText('已恢复：误登记的一条').waitFor()
  assert.equal((await api.get(`/hazards/${h.id}`)).removed_at, null)
})
