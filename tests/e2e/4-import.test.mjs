// Ledgers as offices keep them: codes with a wrong last character, repeated rows, an area that no longer exists, a code
// that a spreadsheet turned into a number, four ways to write a date, a title over the head, words of another house.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { shot, test, until } from './lib/runner.mjs'
import { workbook } from './lib/xlsx.mjs'

const file = (name) => fileURLToPath(new URL(`cases/${name}`, import.meta.url))
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const total = async (api, kinds) => (await api.get(`/${kinds}?limit=1&count=exact`)).total.count

// Sends a file and waits for its check, whichever part the page shows first.
async function send(page, kinds, what) {
  await page.goto(`/${kinds}/import`)
  await page.getByRole('button', { name: '选择文件' }).waitFor()
  await page.locator('input[type=file]').setInputFiles(typeof what === 'string' ? file(what) : what)
  await page.waitForURL(/\/imports\/\d+$/)
  await page.getByText('读到的行').waitFor()
}

async function toCheck(page) {
  const go = page.getByRole('button', { name: '看预检结果' })
  if (await go.count()) await go.click()
  await page.getByRole('grid').waitFor()
}

// The equation as it stands on the page: read = can be imported + repeated + to be corrected.
async function equation(page) {
  const sum = (await page.locator('.sum .equation').first().innerText()).replace(/\s+/g, ' ')
  const m = /^([\d,]+) 读到的行 = ([\d,]+) 可以导入 \+ ([\d,]+) 与已有记录或表内重复 \+ ([\d,]+) 须修正/.exec(sum)
  assert.ok(m, `not an equation: ${sum}`)
  return m.slice(1).map((n) => Number(n.replaceAll(',', '')))
}

const equals = (page, wanted) => until(async () => assert.deepEqual(await equation(page), wanted))

// Columns out of view are not in the page: the sheet is scrolled until this one is.
async function inView(page, inside) {
  const grid = page.getByRole('grid')
  await grid.evaluate((b) => (b.scrollLeft = 0))
  await until(async () => {
    // what is drawn a frame later may have left the page again: found and brought into view are one step
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
    if (!(await inside.count())) {
      await grid.evaluate((b) => (b.scrollLeft += b.clientWidth / 2))
      assert.fail('no such column')
    }
    await inside.first().scrollIntoViewIfNeeded({ timeout: 500 })
  })
  return inside
}

// A cell by its letter and the number of its row.
async function cell(page, name) {
  const [, letter, number] = /^([A-Z]+)(\d+)$/.exec(name)
  const head = await inView(page, page.getByRole('columnheader', { name: letter, exact: true }))
  const column = await head.getAttribute('aria-colindex')
  return page
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: new RegExp(`^${number}\\D*$`) }) })
    .locator(`[role=gridcell][aria-colindex="${column}"]`)
}

const faulty = async (page, name) =>
  assert.equal(await (await cell(page, name)).getAttribute('aria-invalid'), 'true', name)

async function map(page, header, words, field) {
  await page
    .getByRole('button', { name: new RegExp(`^“${header}”导入到哪个字段`) })
    .first()
    .click()
  await page.getByRole('combobox', { name: '找字段' }).fill(words)
  await page.getByRole('option', { name: field }).first().click()
}

async function run(page, n) {
  await page.getByRole('button', { name: `导入 ${n} 行`, exact: true }).click()
  await page.getByText('回执编号').waitFor()
}

test('a dirty ledger is checked before anything is stored, corrected in place, imported once', async (t) => {
  const api = await t.api('xujing')
  const before = await total(api, 'enterprises')
  const page = await t.open('xujing', '/enterprises')
  await page.getByRole('button', { name: '导入' }).click()
  await page.getByRole('heading', { name: '导入', exact: true }).waitFor()
  await send(page, 'enterprises', 'enterprises.csv')
  await toCheck(page)
  await page.getByText('编码 UTF-8').waitFor()
  await equals(page, [20, 12, 2, 6])
  assert.equal(await total(api, 'enterprises'), before, 'the check stored something')
  await shot(page, 'import-checked')

  // each fault stands at its cell, and its kind is counted at the side
  for (const name of ['C13', 'C14', 'E18', 'C19', 'B20', 'I21', 'J21']) await faulty(page, name)
  await page
    .getByRole('complementary', { name: '须修正' })
    .getByRole('button', { name: /统一社会信用代码/ })
    .first()
    .waitFor()

  // what is the name of a field is no guess, and a cell is put right before its column is given up
  assert.ok(!(await (await inView(page, page.getByRole('button', { name: /^“统一社会信用代码”导入到哪个字段/ }))).first().evaluate((e) => e.classList.contains('guess'))))
  const aside = page.getByRole('complementary', { name: '须修正' })
  const staff = aside.getByRole('listitem').filter({ hasText: '从业人数' }).first()
  assert.equal(await staff.getByRole('button').nth(1).innerText(), '改这一格')
  await staff.getByRole('button', { name: '改这一格' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: '改为' }).waitFor()
  await shot(page, 'import-fix-first')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^全部 / }).click()

  // one cell corrected in place makes its row importable
  await (await cell(page, 'C13')).click()
  const fix = page.getByRole('dialog', { name: /C13/ })
  await fix.getByText('末位校验').waitFor()
  await fix.getByRole('textbox', { name: '改为' }).fill('91990102MA6K314446')
  await shot(page, 'import-cell')
  await fix.getByRole('button', { name: '改这一格' }).click()
  await equals(page, [20, 13, 2, 5])

  // another device, or the page loaded anew, goes on where this one was
  const again = await t.open('xujing', new URL(page.url()).pathname)
  await toCheck(again)
  await equals(again, [20, 13, 2, 5])

  await run(page, 13)
  await shot(page, 'import-receipt')
  assert.equal(await total(api, 'enterprises'), before + 13)
  // when it was sent and when it was in; each repeated row names the row of the sheet and the record it repeats
  await page.getByText(/上传$/).waitFor()
  await page.getByText(/导入结束$/).waitFor()
  const repeats = page.getByRole('region', { name: '重复的行' })
  assert.equal(await repeats.getByRole('listitem').count(), 2)
  await repeats.getByRole('listitem').filter({ hasText: /与本表第 \d+ 行重复/ }).getByRole('link').waitFor()
  // the list opens with what came in, and is whole again at one touch
  await page.getByRole('button', { name: '打开台账' }).click()
  await page.getByText('本次导入 13 条').waitFor()
  await shot(page, 'import-list')
  await page.getByRole('button', { name: /^去掉条件：本次导入/ }).click()
  await page.waitForURL((url) => url.pathname === '/enterprises' && !url.searchParams.has('import'))
  for (const name of ['澜北金泰涂料有限公司', '临河镇鑫旺家具厂', '石桥镇平安烟花零售店'])
    await page.getByRole('row').filter({ hasText: name }).waitFor()
  const fixed = await api.find('enterprises', '金泰涂料')
  assert.equal(fixed.credit_code, '91990102MA6K314446')
  const folded = await api.find('enterprises', '鑫旺家具')
  assert.deepEqual(
    [folded.credit_code, folded.staff, folded.founded_on, folded.region.name],
    ['91990102MA6K31111Q', 19, '2018-11-02', '柳湾村'],
  )
})

test('the same ledger a second time, saved as GB 18030, imports no row', async (t) => {
  const api = await t.api('xujing')
  const before = await total(api, 'enterprises')
  const page = await t.open('xujing', '/enterprises/import')
  await send(page, 'enterprises', 'enterprises-gb18030.csv')
  await toCheck(page)
  await page.getByText('编码 GB 18030').waitFor()
  await equals(page, [20, 0, 14, 6])
  assert.ok(await page.getByRole('button', { name: '没有可导入的行' }).isDisabled())
  // what becomes of repeated rows is said before one chooses, and counted after
  await page.getByText('不动已有记录，这些行不导入').waitFor()
  await page.getByRole('radio', { name: '更新原记录' }).check()
  // every one of them is in the register as it stands here, but the firm that was there before: its site and its staff
  await page.getByText(/空格子不改，其中 [1-9]\d* 行会改动原记录/).waitFor()
  await equals(page, [20, 0, 14, 6])
  await page.getByRole('button', { name: /^导入 [1-9]\d* 行$/ }).waitFor()
  assert.equal(await total(api, 'enterprises'), before)
})

// A list of another house: a sheet of explanations, a title, heads in the third row, words that are not ours.
const list = (rows) => ({
  name: '消防检查.xlsx',
  mimeType: XLSX,
  buffer: workbook({
    填表说明: [['请各单位如实填写']],
    检查情况: [
      ['2026 年消防检查情况汇总表'],
      [''],
      ['存在问题', '检查时间', '严重程度', '被检查单位', '怎么发现的'],
      ...rows,
    ],
  }),
})
const firm = '澜北禾川精细化工有限公司'
const rows = (n, mark) =>
  Array.from({ length: n }, (_, i) => [
    `${mark}灭火器压力不足 ${i + 1} 号`,
    '2026.3.4',
    i % 2 ? '轻' : '重',
    firm,
    '网格巡查',
  ])

async function mapList(page) {
  await page.getByText('工作表', { exact: true }).waitFor()
  await page.getByRole('combobox', { name: '工作表' }).selectOption({ label: '检查情况' })
  await until(async () => assert.equal(await page.getByRole('combobox', { name: '工作表' }).inputValue(), '1'))
  const head = page.getByRole('combobox', { name: '表头在' })
  if ((await head.inputValue()) !== '3') await head.selectOption('3')
  await page
    .getByRole('button', { name: /^“严重程度”导入到哪个字段/ })
    .first()
    .waitFor()
  const steps = page.getByRole('list').filter({ hasText: '对表头' })
  const columns = steps.getByRole('button', { name: /对表头/ })
  if (await columns.count()) await columns.click()
}

test('a workbook of another house: its sheet, its head, its columns and its words are settled and remembered', async (t) => {
  const api = await t.api('xujing')
  const before = await total(api, 'hazards')
  const page = await t.open('xujing', '/hazards/import')
  await send(page, 'hazards', list(rows(4, '甲')))
  await mapList(page)
  await map(page, '存在问题', '隐患内容', '隐患内容')
  await map(page, '检查时间', '排查日期', '排查日期')
  await map(page, '严重程度', '级别', '隐患级别')
  await map(page, '被检查单位', '责任单位', '责任单位')
  await map(page, '怎么发现的', '发现', '发现方式')
  await shot(page, 'import-columns')
  // two words of the sheet are none of ours: said once, they hold for the column
  await page.getByRole('combobox', { name: '“重”算作' }).selectOption({ label: '重大隐患' })
  await page.getByRole('combobox', { name: '“轻”算作' }).selectOption({ label: '一般隐患' })
  await until(async () => assert.equal(await page.getByRole('combobox', { name: /算作/ }).count(), 0))

  await page.getByRole('button', { name: /^对应方案/ }).click()
  const saved = page.getByRole('dialog', { name: '对应方案' })
  await saved.getByRole('textbox', { name: '方案名称' }).fill('消防检查表')
  await saved.getByRole('button', { name: '存为方案' }).click()
  await page.getByText('已存为“消防检查表”').waitFor()
  await toCheck(page)
  // a major hazard needs its clause, which this house does not write down: those two rows are told, not imported
  await equals(page, [4, 2, 0, 2])
  await run(page, 2)
  assert.equal(await total(api, 'hazards'), before + 2)
  assert.equal((await api.find('hazards', '甲灭火器压力不足 2 号')).level, 'general')

  // the next file of that house needs nothing more than its sheet
  await send(page, 'hazards', list(rows(2, '乙')))
  await page.getByRole('combobox', { name: '工作表' }).selectOption({ label: '检查情况' })
  await page.getByRole('button', { name: '对应方案：消防检查表' }).waitFor()
  await toCheck(page)
  await equals(page, [2, 1, 0, 1])

  await page.getByRole('button', { name: '对应方案：消防检查表' }).click()
  await saved.getByRole('button', { name: '删除方案“消防检查表”' }).click()
  await saved.getByRole('button', { name: '删除', exact: true }).click()
  await saved.getByText('还没有存过方案').waitFor()
  // what is left unfinished stays under the earlier imports
  await page.getByRole('button', { name: '先不导入' }).click()
  await page.goto('/hazards/import')
  await page
    .getByRole('row')
    .filter({ hasText: '已预检，未导入' })
    .getByRole('link', { name: '消防检查.xlsx' })
    .first()
    .click()
  await toCheck(page)
  await equals(page, [2, 1, 0, 1])
  await page.getByRole('button', { name: '丢弃这次预检' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '丢弃这次预检' }).click()
  await page.getByText('已丢弃，台账没有变化').waitFor()
})

test('an old ledger brings the day of closing, and is not asked how its hazards were found', async (t) => {
  const page = await t.open('xujing', '/hazards/import')
  const head = '存在问题,企业编号,发现日期,处理结果,办结于'
  const lines = [head, `旧账一条,${firm},2024-03-04,已销号,2024-04-05`]
  await send(page, 'hazards', { name: '旧账.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await toCheck(page)
  // a number of the firm's is no number of the hazard's
  await (await inView(page, page.getByRole('button', { name: /^“企业编号”导入到哪个字段：责任单位/ }))).first().waitFor()
  await inView(page, page.getByRole('button', { name: /^“处理结果”导入到哪个字段/ }))
  await map(page, '处理结果', '状态', '隐患状态')
  await map(page, '办结于', '销号', '销号日期')
  await equals(page, [1, 1, 0, 0])
  assert.equal(await page.getByText('还没有对应的必填字段').count(), 0)
  await run(page, 1)
  const old = await (await t.api('xujing')).find('hazards', '旧账一条')
  assert.deepEqual([old.state, old.closed_on, old.source], ['closed', '2024-04-05', 'import'])
})

test('an import is taken back as one act, but for the rows somebody changed since', async (t) => {
  const api = await t.api('xujing')
  const before = await total(api, 'enterprises')
  const lines = [
    '企业名称,所在乡镇,行业领域',
    '石桥镇春晖五金厂,石桥镇,工贸',
    '石桥镇秋实粮油店,石桥镇,工贸',
    '石桥镇冬雪冷库,石桥镇,工贸',
  ]
  const page = await t.open('xujing', '/enterprises/import')
  await send(page, 'enterprises', { name: '新登记.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await toCheck(page)
  await equals(page, [3, 3, 0, 0])
  await run(page, 3)
  assert.equal(await total(api, 'enterprises'), before + 3)
  const changed = await api.find('enterprises', '秋实粮油')
  await api.ask('PATCH', `/enterprises/${changed.id}`, { json: { staff: 7 }, version: changed.version })

  await page.getByRole('button', { name: /^撤销这次导入/ }).click()
  const sure = page.getByRole('dialog', { name: '撤销这次导入' })
  await sure.getByText(/新登记的 3 行移入回收站/).waitFor()
  await sure.getByRole('button', { name: '整批撤销' }).click()
  await page.getByRole('heading', { name: '已撤销 2 行' }).waitFor()
  await page.getByText(/^1 行留着没动/).waitFor()
  await shot(page, 'import-undone')
  assert.equal(await total(api, 'enterprises'), before + 1)
  assert.equal((await api.get(`/enterprises/${changed.id}`)).staff, 7)
})

test('cells are walked, changed and left by the keyboard alone', async (t) => {
  const page = await t.open('xujing', '/enterprises/import')
  const lines = ['企业名称,职工人数,所在乡镇', '望潮街道海风面馆,十几个,望潮街道', '望潮街道浪花洗衣店,若干,望潮街道']
  await send(page, 'enterprises', { name: '两家.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await toCheck(page)
  await equals(page, [2, 0, 0, 2])
  const grid = page.getByRole('grid')
  const active = async () => {
    const id = await grid.getAttribute('aria-activedescendant')
    return (await page.locator(`[id="${id}"]`).innerText()).split('；')[0].trim()
  }
  await grid.focus()
  await until(async () => assert.equal(await active(), '十几个'))
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: '改为' }).fill('16')
  await page.keyboard.press('Enter')
  // stored, and the next row is at hand: typing changes it at once
  await until(async () => assert.equal(await active(), '若干'))
  await page.keyboard.type('8')
  await page.keyboard.press('Tab')
  await until(async () => assert.equal(await active(), '望潮街道'))
  await page.keyboard.press('ArrowLeft')
  await until(async () => assert.equal(await active(), '8'))
  await equals(page, [2, 2, 0, 0])
  await page.getByText('本次改了 2 格').waitFor()
  await page.getByRole('button', { name: '全部恢复原样' }).click()
  await equals(page, [2, 0, 0, 2])
})

test('of a long sheet only a screenful stands in the page, and its last row is one key away', async (t) => {
  const lines = ['企业名称,职工人数,所在乡镇']
  for (let i = 1; i <= 12_000; i += 1) lines.push(`临河镇第 ${i} 号门市,${i % 2000 === 500 ? '不详' : i % 90},临河镇`)
  const page = await t.open('xujing', '/enterprises/import')
  await send(page, 'enterprises', { name: '门市.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await toCheck(page)
  await equals(page, [12_000, 11_994, 0, 6])
  await page.getByRole('button', { name: '全部 12,000', exact: true }).click()
  const grid = page.getByRole('grid')
  await grid.focus()
  await page.keyboard.press('Control+End')
  await page.getByText('临河镇第 12000 号门市').waitFor()
  // a number of five digits has room for its mark
  const number = grid.getByRole('rowheader', { name: /^12,001/ })
  assert.ok(await number.evaluate((e) => e.scrollWidth <= e.clientWidth))
  assert.ok(await number.evaluate((e) => e.firstElementChild.getBoundingClientRect().left >= e.getBoundingClientRect().left))
  assert.ok((await grid.getByRole('row').count()) < 80)
  await page.keyboard.press('Control+Home')
  await page.getByText('临河镇第 1 号门市', { exact: true }).first().waitFor()

  // a kind of problem chosen at the side leaves its rows alone
  await page.getByRole('complementary', { name: '须修正' }).getByRole('button').first().click()
  await until(async () => assert.equal(await grid.getByRole('rowheader', { name: /须修正/ }).count(), 6))
  // and what stands in all of them is corrected at once
  await (await cell(page, 'B501')).click()
  const fix = page.getByRole('dialog', { name: /B501/ })
  await fix.getByRole('textbox', { name: '改为' }).fill('12')
  await fix.getByRole('button', { name: '同样内容的 6 格一起改' }).click()
  await equals(page, [12_000, 12_000, 0, 0])
})

test('a file whose head says nothing is given its meaning by hand, and a strange word its choice in place', async (t) => {
  const lines = ['甲,乙,丙,丁', `配电柜门锁损坏,2026-03-04,要紧,${firm}`, `安全标志褪色,2026-03-05,不要紧,${firm}`]
  const page = await t.open('xujing', '/hazards/import')
  await send(page, 'hazards', { name: '无名表头.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await toCheck(page)
  await equals(page, [2, 0, 0, 2])
  for (const [head, words, field] of [
    ['甲', '隐患内容', '隐患内容'],
    ['乙', '排查日期', '排查日期'],
    ['丙', '级别', '隐患级别'],
    ['丁', '责任单位', '责任单位'],
  ]) {
    await inView(page, page.getByRole('button', { name: new RegExp(`^“${head}”导入到哪个字段`) }))
    await map(page, head, words, field)
  }
  await page.getByRole('button', { name: '“不要紧”是指…' }).click()
  await page.getByRole('menuitem', { name: '一般隐患' }).click()
  await page.getByRole('button', { name: '“要紧”是指…' }).click()
  await shot(page, 'import-meaning')
  await page.getByRole('menuitem', { name: '一般隐患' }).click()
  await until(async () => assert.equal(await page.getByRole('button', { name: /是指…$/ }).count(), 0))
  await page.getByRole('button', { name: '丢弃这次预检' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '丢弃这次预检' }).click()
  await page.getByText('已丢弃，台账没有变化').waitFor()
})

test('a column may be left out by hand and the rows to be corrected can be taken away as a file', async (t) => {
  const page = await t.open('xujing', '/enterprises/import')
  await send(page, 'enterprises', 'enterprises.csv')
  await toCheck(page)
  const remark = await inView(page, page.getByRole('button', { name: /^“备注”导入到哪个字段/ }))
  assert.match(await remark.getAttribute('aria-label'), /备注$/)
  await remark.click()
  await page.getByRole('option', { name: '不导入' }).click()
  await until(async () => assert.match(await remark.getAttribute('aria-label'), /不导入$/))
  const [, , , wrong] = await equation(page)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /下载须修正的/ }).click(),
  ])
  const text = readFileSync(await download.path(), 'utf8')
    .trim()
    .split(/\r?\n/)
  assert.equal(text.length, 1 + wrong)
  assert.ok(text[0].includes('统一社会信用代码') && text[0].includes('原因'), text[0])
})

test('longitude and latitude in two columns are a place, in the datum one picks', async (t) => {
  const lines = ['企业名称,经度,纬度', '两列坐标加工厂,124.0100,41.0100']
  const page = await t.open('xujing', '/enterprises/import')
  await send(page, 'enterprises', { name: '两列.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  const id = Number(/\d+$/.exec(page.url())[0])
  const datum = page.getByRole('combobox', { name: '坐标系' })
  assert.equal(await datum.inputValue(), 'wgs84')
  await datum.selectOption('gcj02')
  const api = await t.api('xujing')
  await until(async () => {
    const now = await api.get(`/imports/${id}`)
    assert.equal(now.datum, 'gcj02')
    assert.equal(now.state, 'checked')
    assert.deepEqual(now.columns.map((c) => c.field), ['name', 'place', 'place'])
  })
  await until(async () => assert.equal(await datum.inputValue(), 'gcj02'))
  await shot(page, 'import-datum')
})

test('a file that is no table is refused with a sentence and stores nothing', async (t) => {
  const page = await t.open('xujing', '/enterprises/import')
  await page.getByRole('button', { name: '选择文件' }).waitFor()
  await page.locator('input[type=file]').setInputFiles({
    name: 'photo.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1]),
  })
  const text = await page.getByRole('alert').innerText()
  assert.ok(/[一-鿿]{6}/.test(text), text)
  assert.equal(new URL(page.url()).pathname, '/enterprises/import')
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: '老表.xls', mimeType: 'application/vnd.ms-excel', buffer: Buffer.from('x') })
  await page.getByText(/另存为 xlsx/).waitFor()
})

test('on the phone the cells to fix come one at a time', async (t) => {
  const page = await t.open('xujing', '/enterprises/import', { width: 390, height: 844 })
  const lines = ['企业名称,职工人数,所在乡镇', '城关镇老街饭店,九,城关镇', '城关镇新街饭店,许多,城关镇']
  await send(page, 'enterprises', { name: '饭店.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await page.getByRole('tab', { name: /预检/ }).click()
  await page.getByRole('button', { name: '逐格修改' }).click()
  await page.getByText('第 1 处，共 2 处').waitFor()
  await page.getByText('城关镇老街饭店').waitFor()
  await shot(page, 'import-phone-cell')
  await page.getByRole('textbox', { name: '改为' }).fill('9')
  await page.getByRole('button', { name: '改这一格' }).click()
  await page.getByText('城关镇新街饭店').waitFor()
  await page.getByRole('textbox', { name: '改为' }).fill('30')
  await page.getByRole('button', { name: '改这一格' }).click()
  await page.getByRole('button', { name: '回到问题清单' }).click()
  await page.getByRole('button', { name: '导入 2 行', exact: true }).waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
})
