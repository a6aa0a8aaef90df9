// Papers: ordered, served, answered, verified.
import assert from 'node:assert/strict'
import { addDays } from './lib/api.mjs'
import { choose, noteOf, typeDay } from './lib/form.mjs'
import { shot, test, until } from './lib/runner.mjs'

const FIRM = '望潮丰汇冷链物流有限公司'

async function pdfOf(t, api, id) {
  const answer = await fetch(`${api.address}/api/v1/papers/${id}/pdf`, {
    headers: { Cookie: `anlan_session=${api.cookie}` },
  })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-type'), 'application/pdf')
  const bytes = Buffer.from(await answer.arrayBuffer())
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-')
  return bytes
}

test('an inspector issues an order, serves it, answers it, and anybody verifies it by its code', async (t) => {
  const api = await t.api('zhoumingyuan')
  const today = (await api.me()).server_day
  const h = await api.newHazard('冷库门口氨气报警器损坏', FIRM, { source: 'inspection' })
  await api.newHazard('机房应急灯不亮', FIRM, { source: 'inspection' })

  const page = await t.open('zhoumingyuan', `/hazards/${h.id}`)
  await page.getByRole('button', { name: '出文书' }).click()
  const drawer = page.getByRole('dialog', { name: '出文书' })
  await drawer.getByText('机房应急灯不亮').click()
  await typeDay(drawer, '整改期限', addDays(today, 14))
  // what the issue will ask for is said while drafting, with its rule
  await drawer.getByText('签发前必填', { exact: true }).waitFor()
  const second = drawer.getByRole('combobox', { name: '第二名执法人员' })
  assert.match(await (await noteOf(second)).innerText(), /执法人员不得少于两人/)
  await choose(drawer, '第二名执法人员', /高源/, '高源')
  await shot(page, 'paper-drawer')
  const papers = (await api.get('/papers?count=exact')).total.count
  // pages asked for before the last word was written show another paper: they are dropped
  let answer
  await page.route('**/papers/preview', async (route) => {
    await new Promise((go) => (answer = go))
    await route.continue()
  })
  const look = drawer.getByRole('button', { name: '预览', exact: true })
  const late = page.waitForResponse('**/papers/preview')
  await look.click()
  await until(async () => assert.ok(answer))
  await typeDay(drawer, '整改期限', addDays(today, 15))
  answer()
  await (await late).finished()
  await until(async () => assert.notEqual(await look.getAttribute('aria-busy'), 'true'))
  assert.equal(await drawer.getByRole('img', { name: /草稿第/ }).count(), 0, 'a stale page is shown')
  await page.unroute('**/papers/preview')
  await look.click()
  const first = drawer.getByRole('img', { name: '草稿第 1 页，共 1 页' })
  await first.waitFor()
  // as wide as the drawer; pressed, as large as on paper, also for a thumb
  const pressed = drawer.getByRole('button', { name: '草稿第 1 页，共 1 页' })
  for (const large of [true, false]) {
    await pressed.click()
    await until(async () => assert.equal((await first.boundingBox()).width === 910, large))
  }
  await until(async () => assert.ok((await first.evaluate((i) => i.naturalWidth)) > 800))
  assert.equal((await api.get('/papers?count=exact')).total.count, papers, 'looking keeps nothing')
  await until(async () => assert.ok((await first.boundingBox()).y < 300, 'the pages are come to'))
  assert.ok((await drawer.getByRole('heading', { name: '出文书' }).boundingBox()).y >= 10, 'the drawer stays in its place')
  await shot(page, 'paper-preview')
  await page.setViewportSize({ width: 390, height: 844 })
  await first.scrollIntoViewIfNeeded()
  await shot(page, 'paper-preview-phone')
  await page.setViewportSize({ width: 1440, height: 900 })
  await drawer.getByRole('button', { name: '存草稿' }).click()

  await page.waitForURL(/\/papers\/\d+$/)
  const id = Number(/\d+$/.exec(page.url())[0])
  const preview = page.getByRole('link', { name: /预览 PDF/ })
  assert.equal(await preview.getAttribute('href'), `/api/v1/papers/${id}/pdf`)
  await pdfOf(t, api, id)
  await shot(page, 'paper-draft')
  await page.getByRole('button', { name: '签发', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '签发', exact: true }).click()
  await page.getByRole('link', { name: /打开文书/ }).waitFor()
  // the number is there with the change, the original a moment later
  const paper = await until(async () => {
    const now = await api.get(`/papers/${id}`)
    assert.ok(now.digest)
    return now
  })
  assert.match(paper.doc_number, /^澜安监责改〔\d{4}〕\d+号$/)
  await page.getByText(paper.doc_number).first().waitFor()
  await shot(page, 'paper-issued')
  const [one, two] = [await pdfOf(t, api, id), await pdfOf(t, api, id)]
  assert.ok(one.equals(two))
  assert.equal((await api.get(`/hazards/${h.id}`)).due, addDays(today, 15))
  assert.equal(await page.getByRole('button', { name: '修改', exact: true }).count(), 0)

  await page.getByRole('button', { name: '登记送达' }).click()
  const serving = page.getByRole('dialog')
  await typeDay(serving, '送达日期', today)
  await choose(serving, '送达方式', '直接送达')
  await serving.getByRole('textbox', { name: '签收人' }).fill('施丽华')
  await serving.getByRole('button', { name: '登记送达' }).click()
  await page.getByText('已送达').first().waitFor()

  await page.goto(`/hazards/${h.id}?tab=papers.items.hazard`)
  await page.getByRole('tab', { name: /执法文书/ }).waitFor()
  await page.getByRole('cell', { name: paper.doc_number }).waitFor()
  await shot(page, 'hazard-papers')
  await page.getByRole('button', { name: '出文书' }).click()
  await drawer.getByText('整改复查意见书', { exact: true }).click()
  await choose(drawer, '第二名执法人员', /高源/, '高源')
  await drawer.getByRole('button', { name: '存草稿' }).click()
  await page.waitForURL(/\/papers\/\d+$/)
  await page.getByRole('button', { name: '签发', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '签发', exact: true }).click()
  await page.getByRole('link', { name: /打开文书/ }).waitFor()
  const opinion = await api.get(`/papers/${/\d+$/.exec(page.url())[0]}`)
  assert.match(opinion.doc_number, /^澜安监复查〔\d{4}〕\d+号$/)
  assert.equal(opinion.instruction.id, id)

  const stranger = await t.open(null, `/verify/${paper.check_code}`)
  await stranger.getByRole('heading', { name: '文书真实有效' }).waitFor()
  await stranger.getByText(paper.doc_number).waitFor()
  await stranger.getByText(paper.digest).waitFor()
  assert.equal(await stranger.getByText(FIRM).count(), 0)
  await shot(stranger, 'verify')

  await page.goto(`/papers/${id}`)
  await page.getByRole('button', { name: '作废' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: '作废原因' }).fill('期限写错')
  await page.getByRole('dialog').getByRole('button', { name: '作废' }).click()
  await until(async () => assert.equal((await api.get(`/papers/${id}`)).state, 'void'))
  await stranger.reload()
  await stranger.getByRole('heading', { name: '文书已作废' }).waitFor()
  assert.ok((await pdfOf(t, api, id)).equals(one))
})

test('a wrong check code is told so, on the phone too', async (t) => {
  const page = await t.open(null, '/verify', { width: 390, height: 844 })
  await page.getByRole('button', { name: '核验' }).click()
  await page.getByText('请输入核验码').waitFor()
  await page.getByRole('textbox', { name: '核验码' }).fill('7K3M-9Q2F')
  await page.getByRole('button', { name: '核验' }).click()
  await page.getByText('没有这个核验码的文书').waitFor()
  await shot(page, 'verify-phone')
})

test('the cards of a list, and its ledger, come as one PDF', async (t) => {
  const page = await t.open('zhoumingyuan', '/hazards?state=classified')
  await page.locator('[data-at]').first().waitFor()
  await page.getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('menuitem', { name: '打印登记卡' }).click()
  const dialog = page.getByRole('dialog', { name: '打印登记卡' })
  await dialog.getByText(/打印前 \d+ 份/).waitFor()
  await shot(page, 'print-cards')
  const [cards] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: '打印', exact: true }).click(),
  ])
  assert.match(cards.suggestedFilename(), /登记卡.*\.pdf$/)
  await page.getByRole('button', { name: '更多', exact: true }).click()
  await page.getByRole('menuitem', { name: '打印台账' }).click()
  const exporting = page.getByRole('dialog', { name: '导出隐患台账' })
  await until(async () => assert.ok(await exporting.getByRole('radio', { name: /pdf/ }).isChecked()))
  const [ledger] = await Promise.all([
    page.waitForEvent('download'),
    exporting.getByRole('button', { name: /^导出 \d+ 行/ }).click(),
  ])
  assert.match(ledger.suggestedFilename(), /\.pdf$/)
})

// Sizes of the pages of a PDF, in points.
function pages(pdf) {
  return [...pdf.toString('latin1').matchAll(/\/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]/g)].map((m) => [m[1], m[2]].map((n) => Math.round(n)))
}

const shown = (page, query) =>
  page.locator(query).evaluateAll((all) => all.filter((e) => e.checkVisibility({ visibilityProperty: true })).length)

test('on paper a record and a list are their facts: no menu, nothing to press, nothing cut in two', async (t) => {
  const api = await t.api('xujing')
  const hazard = await api.find('hazards', '粉尘除尘')
  const page = await t.open('xujing', `/hazards/${hazard.id}`)
  await page.getByRole('tabpanel').locator('dl').first().waitFor()
  const facts = await shown(page, 'main dt')
  await page.emulateMedia({ media: 'print' })
  for (const gone of ['header', '[role=navigation], nav:not(.crumb nav)', '[role=tablist]', '.btn', '.next'])
    assert.equal(await shown(page, gone), 0, `${gone} stands on paper`)
  assert.equal(await shown(page, 'main dt'), facts)
  for (const words of [hazard.number, hazard.description, /许静 打印于 \d{4}-\d\d-\d\d/])
    assert.ok(await page.getByText(words).first().isVisible(), `${words} is not on paper`)
  assert.equal(await page.locator('main dl > div').first().evaluate((e) => getComputedStyle(e).breakInside), 'avoid')
  // the whole of it: nothing scrolls on paper
  assert.deepEqual(
    await page.evaluate(() =>
      [...document.querySelectorAll('main, main *')]
        .filter((e) => e.scrollHeight > e.clientHeight + 4 && /auto|scroll|hidden/.test(getComputedStyle(e).overflowY) && e.clientHeight > 40)
        .map((e) => e.className),
    ),
    [],
  )
  await shot(page, 'print-record')
  for (const [w, h] of pages(await page.pdf({ preferCSSPageSize: true }))) assert.ok(w === 595 && h === 842, `${w} x ${h}`)

  await page.emulateMedia({ media: null })
  await page.goto('/hazards?state=assigned')
  await page.locator('[data-at="5"]').waitFor()
  await page.emulateMedia({ media: 'print' })
  for (const gone of ['header', 'nav', '.filters', '.foot', '.btn', '.check']) assert.equal(await shown(page, gone), 0, gone)
  await page.getByRole('grid').getByText('已交办', { exact: true }).first().waitFor()
  const tops = await page.locator('[data-at]').evaluateAll((rows) => rows.map((r) => r.getBoundingClientRect()).map((b) => [b.top, b.bottom]))
  tops.slice(1).forEach(([top], i) => assert.ok(top >= tops[i][1] - 1, `row ${i + 1} lies over the one before`))
  await shot(page, 'print-list')
  for (const [w, h] of pages(await page.pdf({ preferCSSPageSize: true }))) assert.ok(w === 842 && h === 595, `${w} x ${h}`)
})
