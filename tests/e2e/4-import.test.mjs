// A ledger as offices keep it: 20 rows, codes with a wrong last character, repeated rows, an area that no longer exists,
// a code that a spreadsheet turned into a number, full-width digits, four ways to write a date.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { shot, test, until } from './lib/runner.mjs'

const file = (name) => fileURLToPath(new URL(`cases/${name}`, import.meta.url))

async function choose(page, name) {
  await page.locator('input[type=file]').setInputFiles(file(name))
  await page.getByText('预检完成，尚未写入任何数据。').waitFor()
}

// The equation as it stands on the page: read = can be imported + repeated + to be corrected.
async function equation(page) {
  const sum = (await page.locator('.sum').innerText()).replace(/\s+/g, ' ')
  const m = /^(\d+) 读到的行 = (\d+) .*? \+ (\d+) 与已有记录重复 \+ (\d+) 须修正/.exec(sum)
  assert.ok(m, `not an equation: ${sum}`)
  return m.slice(1).map(Number)
}

test('a dirty ledger is checked before anything is stored, corrected in place, imported once', async (t) => {
  const api = await t.api('xujing')
  const count = async () => (await api.get('/enterprises?limit=1&count=exact')).total.count
  const before = await count()
  const page = await t.open('xujing', '/enterprises')
  await page.getByRole('button', { name: '导入' }).click()
  await page.getByRole('heading', { name: '导入' }).waitFor()
  await choose(page, 'enterprises.csv')
  await page.getByText('编码 UTF-8').waitFor()
  assert.deepEqual(await equation(page), [20, 12, 2, 6])
  assert.equal(await count(), before, 'the pre-flight stored something')
  await shot(page, 'import-checked')

  // each fault stands at its cell, and the fault list counts the cells
  await page.getByRole('button', { name: /^2 统一社会信用代码应为 18 位/ }).waitFor()
  for (const cell of ['C13', 'C14', 'E18', 'C19', 'B20', 'I21', 'J21'])
    await page.getByRole('button', { name: new RegExp(`^${cell} `) }).waitFor()

  // one cell corrected in place makes its row importable
  await page.getByRole('button', { name: /^C13 / }).click()
  const fix = page.getByRole('dialog', { name: /C13/ })
  await fix.getByText('末位校验').waitFor()
  await fix.getByRole('textbox', { name: '改为' }).fill('91990102MA6K314446')
  await shot(page, 'import-cell')
  await fix.getByRole('button', { name: '改这一格' }).click()
  await page.getByRole('button', { name: '导入 13 行' }).waitFor()
  assert.deepEqual(await equation(page), [20, 13, 2, 5])

  await page.getByRole('button', { name: '导入 13 行' }).click()
  await page.getByText('回执编号').waitFor()
  assert.deepEqual(await equation(page), [20, 13, 2, 5])
  await shot(page, 'import-receipt')
  assert.equal(await count(), before + 13)
  await page.getByRole('button', { name: '打开台账' }).click()
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
  const total = (await api.get('/enterprises?limit=1&count=exact')).total.count
  const page = await t.open('xujing', '/enterprises/import')
  await choose(page, 'enterprises-gb18030.csv')
  await page.getByText('编码 GB 18030').waitFor()
  const [read, fresh, repeated, wrong] = await equation(page)
  assert.deepEqual([read, fresh, wrong, repeated], [20, 0, 6, 14])
  assert.ok(await page.getByRole('button', { name: '没有可导入的行' }).isDisabled())
  assert.equal((await api.get('/enterprises?limit=1&count=exact')).total.count, total)
})

test('a column may be mapped by hand and the rows to be corrected can be taken away as a file', async (t) => {
  const page = await t.open('xujing', '/enterprises/import')
  await choose(page, 'enterprises.csv')
  const remark = page.getByRole('combobox', { name: '“备注”对应哪个字段' })
  assert.equal(await remark.inputValue(), 'remark')
  const asked = page.waitForResponse((r) => new URL(r.url()).searchParams.get('mapping') === '{"K":null}')
  await remark.selectOption({ label: '不导入' })
  assert.equal((await (await asked).json()).columns[10].field, null)
  await until(async () => assert.equal(await remark.inputValue(), ''))
  const [, , , wrong] = await equation(page)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /下载须修正的/ }).click(),
  ])
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split(/\r\n/)
  assert.equal(lines.length, 1 + wrong)
  assert.ok(lines[0].includes('统一社会信用代码') && lines[0].endsWith('问题'))
})

test('a file that is no table is refused with a sentence and stores nothing', async (t) => {
  const page = await t.open('xujing', '/enterprises/import')
  await page.locator('input[type=file]').setInputFiles({
    name: 'photo.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1]),
  })
  const text = await page.getByRole('alert').innerText()
  assert.ok(/[一-鿿]{6}/.test(text), text)
  assert.equal(await page.getByRole('button', { name: /^导入 \d+ 行/ }).count(), 0)
})
