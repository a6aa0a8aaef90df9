// A list of a thousand: conditions, order, columns, scrolling, keys, search.
import assert from 'node:assert/strict'
import { shot, test, until } from './lib/runner.mjs'

const rows = (page) => page.getByRole('grid').locator('[data-at]')
const sentence = (page) => page.locator('.said p').innerText()
const settled = (page) => page.locator('[role=grid]:not([aria-busy])').waitFor()

async function open(t, who = 'xujing', path = '/hazards', window) {
  const page = await t.open(who, path, window)
  await rows(page).first().waitFor()
  return page
}

async function column(page, name) {
  const heads = await page.getByRole('columnheader').allInnerTexts()
  const at = heads.findIndex((h) => h.trim() === name)
  assert.ok(at >= 0, `no column ${name} among ${heads}`)
  return Promise.all(
    (await rows(page).all()).map(async (r) => (await r.getByRole('gridcell').nth(at).innerText()).trim()),
  )
}

async function total(page) {
  const text = await page.getByText(/^共 [\d,]+ 条$/).innerText()
  return Number(text.replace(/\D/g, ''))
}

test('conditions narrow the list, stand in the address and read as a sentence', async (t) => {
  const api = await t.api('xujing')
  const page = await open(t)
  const all = await total(page)
  assert.match(await sentence(page), /没有设条件/)

  await page.getByRole('button', { name: /^隐患状态/ }).click()
  const state = page.getByRole('dialog', { name: '隐患状态' })
  await state.getByText('整改中', { exact: true }).click()
  await state.getByText('待复查', { exact: true }).click()
  await shot(page, 'filter-open')
  await state.getByRole('button', { name: '关闭' }).click()
  await page.getByRole('button', { name: /^隐患级别/ }).click()
  await page.getByRole('dialog', { name: '隐患级别' }).getByText('重大隐患', { exact: true }).click()
  await page.keyboard.press('Escape')
  await until(async () =>
    assert.match((await sentence(page)).replaceAll('\n', ''), /隐患状态为整改中、待复查，且隐患级别为重大隐患/),
  )
  await settled(page)
  const truth = await api.get('/hazards?state.in=rectifying,fixed&level=major&limit=200&count=exact')
  await until(async () => assert.equal(await total(page), truth.total.count))
  assert.ok(truth.total.count > 0 && truth.total.count < all)
  for (const s of await column(page, '隐患状态')) assert.ok(['整改中', '待复查'].includes(s), s)
  const query = new URL(page.url()).searchParams
  assert.deepEqual([query.get('state.in'), query.get('level.in') ?? query.get('level')], ['rectifying,fixed', 'major'])

  // the address alone gives the same list
  await page.reload()
  await rows(page).first().waitFor()
  assert.equal(await total(page), truth.total.count)
  await page.getByRole('button', { name: '恢复默认' }).click()
  await until(async () => assert.equal(await total(page), all))
})

test('an area is chosen step by step, down from the county, and narrows the list', async (t) => {
  const page = await open(t, 'xujing', '/hazards', { width: 1680 }) // so wide that no column folds away
  await page.getByRole('button', { name: /^属地/ }).click()
  const area = page.getByRole('dialog', { name: '属地' })
  for (const name of ['安澜市', '青屿县', '石桥镇'])
    await area.getByRole('listitem').getByRole('button', { name }).click()
  await area.getByRole('button', { name: '选定石桥镇' }).click()
  await until(async () => assert.match((await sentence(page)).replaceAll('\n', ''), /属地为青屿县石桥镇/))
  await settled(page)
  const truth = await (await t.api('xujing')).get('/hazards?region=990121002000&limit=1&count=exact')
  await until(async () => assert.equal(await total(page), truth.total.count))
  for (const where of await column(page, '属地')) assert.ok(where.startsWith('青屿县石桥镇'), where)
})

test('conditions that leave nothing say which of them hides the rows', async (t) => {
  const page = await t.open('xujing', '/hazards?state=found&due.before=2001-01-01')
  await page.getByText(/“.+”挡住了 [\d,]+ 条/).first().waitFor()
  await page.getByRole('button', { name: '去掉这个条件' }).first().click()
  await rows(page).first().waitFor()
})

test('the head of a column sorts and sorts back', async (t) => {
  const page = await open(t)
  const head = (name) => page.getByRole('columnheader', { name })
  await head('排查日期').getByRole('button').click()
  await until(async () => assert.equal(await head('排查日期').getAttribute('aria-sort'), 'ascending'))
  await settled(page)
  const truth = (await (await t.api('xujing')).get('/hazards?sort=found_on&limit=30')).items
  await until(async () => {
    const shown = await column(page, '编号')
    assert.deepEqual(
      shown.slice(0, 10),
      truth.slice(0, 10).map((r) => r.number),
    )
  })
  assert.match(await sentence(page), /按排查日期由早到晚/)
  await head('排查日期').getByRole('button').click()
  await until(async () => assert.equal(await head('排查日期').getAttribute('aria-sort'), 'descending'))
})

test('chosen columns are still there after the page is loaded anew, and for this person alone', async (t) => {
  const page = await open(t)
  await page.getByRole('button', { name: /^列 \d+\/\d+/ }).click()
  const picker = page.getByRole('dialog', { name: '显示哪些列' })
  await picker.getByText('具体位置', { exact: true }).click()
  await picker.getByText('责任人', { exact: true }).click()
  await shot(page, 'columns-open')
  await page.keyboard.press('Escape')
  const heads = async () => (await page.getByRole('columnheader').allInnerTexts()).map((h) => h.trim())
  const chosen = await heads()
  assert.ok(chosen.includes('具体位置') && !chosen.includes('责任人'), String(chosen))
  await page.reload()
  await rows(page).first().waitFor()
  assert.deepEqual(await heads(), chosen)
  await page.getByRole('button', { name: /^列 \d+\/\d+/ }).click()
  await page.getByRole('button', { name: '恢复默认列' }).click()
  await until(async () => assert.ok(!(await heads()).includes('具体位置')))
})

test('scrolling loads all rows, each once, and never more than a screenful of them stands in the page', async (t) => {
  const page = await open(t)
  const all = await total(page)
  assert.ok(all > 1000)
  const seen = new Set()
  const box = page.getByRole('grid')
  for (let i = 0; i < 200; i += 1) {
    const now = await rows(page).evaluateAll((list) =>
      list.map((r) => `${r.dataset.at} ${r.querySelectorAll('[role=gridcell]')[1]?.textContent}`),
    )
    assert.ok(now.length < 90, `${now.length} rows stand in the page`)
    for (const r of now) seen.add(r)
    const atEnd = await box.evaluate((b) => {
      b.scrollTop += b.clientHeight
      return b.scrollTop + b.clientHeight >= b.scrollHeight - 1
    })
    await page.waitForTimeout(30)
    if (atEnd && (await box.getAttribute('aria-rowcount')) !== '-1' && seen.size >= all) break
  }
  assert.equal(seen.size, all)
  assert.equal(new Set([...seen].map((s) => s.split(' ').slice(1).join(' '))).size, all, 'a record is listed twice')
})

test('back from a record the list stands where it was left', async (t) => {
  const page = await open(t)
  const box = page.getByRole('grid')
  for (let i = 0; i < 12; i += 1) {
    await box.evaluate((b) => (b.scrollTop += 600))
    await page.waitForTimeout(60)
  }
  const left = await box.evaluate((b) => b.scrollTop)
  assert.ok(left > 5000, `scrolled to ${left} only`)
  const row = page.locator('[data-at]').filter({ visible: true }).nth(20)
  const words = await row.innerText()
  await row.click()
  await page.getByRole('navigation').filter({ hasText: '隐患台账' }).last().waitFor()
  await page.getByRole('complementary', { name: '下一步' }).waitFor()
  await page.goBack()
  await rows(page).first().waitFor()
  await until(async () => assert.ok(Math.abs((await box.evaluate((b) => b.scrollTop)) - left) < 40, 'another place'))
  await page
    .getByRole('row')
    .filter({ hasText: words.split('\n')[0] })
    .first()
    .waitFor()

  await page.reload()
  await rows(page).first().waitFor()
  await until(async () =>
    assert.ok(Math.abs((await box.evaluate((b) => b.scrollTop)) - left) < 40, 'another place after loading anew'),
  )
})

test('an edit saved from the middle of a narrowed, sorted list leaves it where it was, the new words in that row', async (t) => {
  const page = await open(t, 'xujing', '/hazards?level=general&sort=found_on')
  const box = page.getByRole('grid')
  const everything = await total(page)
  for (let i = 0; i < 9; i += 1) {
    await box.evaluate((b) => (b.scrollTop += 600))
    await page.waitForTimeout(60)
  }
  const left = await box.evaluate((b) => b.scrollTop)
  assert.ok(left > 4000, `scrolled to ${left} only`)
  const inside = await box.boundingBox()
  const place = await rows(page).evaluateAll(
    (list, middle) => list.find((r) => r.getBoundingClientRect().top > middle).dataset.at,
    inside.y + inside.height / 2,
  )
  const row = page.locator(`[data-at="${place}"]`)
  const names = (await page.getByRole('columnheader').allInnerTexts()).map((h) => h.trim())
  const cell = (name) => row.getByRole('gridcell').nth(names.indexOf(name)).innerText()
  const number = await cell('编号')
  await row.click()
  await page.getByRole('complementary', { name: '下一步' }).waitFor()

  await page.getByRole('button', { name: '修改', exact: true }).click()
  const form = page.getByRole('dialog', { name: /^修改：/ })
  await form.getByRole('textbox', { name: '隐患内容' }).fill('改写后的第一句话')
  await form.getByRole('button', { name: /^保存/ }).click()
  await page.getByText('已保存，改了 1 项').waitFor()

  await page.goBack()
  await row.waitFor()
  await until(async () => assert.ok(Math.abs((await box.evaluate((b) => b.scrollTop)) - left) < 40, 'another place'))
  await until(async () => assert.equal((await cell('隐患内容')).trim(), '改写后的第一句话'))
  assert.equal(await cell('编号'), number)
  const query = new URL(page.url()).searchParams
  assert.deepEqual([query.get('level'), query.get('sort'), await total(page)], ['general', 'found_on', everything])
  const head = page.getByRole('columnheader', { name: '排查日期' })
  assert.equal(await head.getAttribute('aria-sort'), 'ascending')
})

test('arrow keys walk the rows, Enter opens one, the previous and the next are one click away', async (t) => {
  const page = await open(t)
  const numbers = await column(page, '编号')
  await page.keyboard.press('ArrowDown')
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowDown')
  assert.equal(await page.evaluate(() => document.activeElement.dataset.at), '3')
  await page.keyboard.press('Enter')
  const crumb = (number) => page.getByRole('main').getByText(number, { exact: true }).first().waitFor()
  await crumb(numbers[3])
  await page.getByRole('button', { name: '下一条' }).click()
  await crumb(numbers[4])
  await page.getByRole('button', { name: '上一条' }).click()
  await crumb(numbers[3])
  await page.goBack()
  await until(async () => assert.equal(await page.evaluate(() => document.activeElement.dataset.at), '3'))
})

test('a hazard with papers opens from the list, and the list loads no page anew', async (t) => {
  const page = await open(t, 'xujing', '/hazards?state=closed&sort=id')
  const loads = []
  page.on('request', (r) => r.isNavigationRequest() && loads.push(r.url()))
  await page.getByRole('row').filter({ hasText: '动火作业票未填写气体检测结果' }).click()
  await page.getByRole('heading', { name: '动火作业票未填写气体检测结果' }).waitFor()
  await page.getByRole('tab', { name: /附件/ }).click()
  await page.getByRole('link', { name: /整改说明\.txt/ }).waitFor()
  assert.deepEqual(loads, [])
})

test('the slash goes to the search, which finds two characters and opens what is chosen', async (t) => {
  const page = await open(t)
  await page.keyboard.press('/')
  const search = page.getByRole('combobox', { name: '全站搜索' })
  assert.ok(await search.evaluate((e) => e === document.activeElement))
  await page.keyboard.type('叉车')
  const found = page.getByRole('option', { name: /叉车未按期检验/ })
  await found.waitFor()
  await shot(page, 'search-open')
  await page.keyboard.press('Escape')
  await search.fill('禾川')
  await page
    .getByRole('group', { name: '企业' })
    .getByRole('option', { name: /澜北禾川/ })
    .click()
  await page.getByRole('heading', { name: '澜北禾川精细化工有限公司' }).waitFor()
})

test('conditions kept under a name are a tab', async (t) => {
  const page = await open(t, 'xujing', '/hazards?state=fixed')
  await page.getByRole('button', { name: '存为页签' }).click()
  await page.getByRole('textbox', { name: '页签名称' }).fill('等我复查')
  // whoever goes on before the tab is stored stays where he is
  await page.route(/\/views/, async (route) => {
    if (route.request().method() === 'POST') await new Promise((done) => setTimeout(done, 500))
    await route.continue()
  })
  await page.getByRole('dialog').getByRole('button', { name: '存为页签' }).click()
  await page.getByRole('link', { name: /^全部/ }).click()
  await page.getByRole('link', { name: '等我复查' }).waitFor()
  await page.waitForTimeout(200)
  assert.equal(new URL(page.url()).search, '')
  await page.reload()
  await page.getByRole('link', { name: '等我复查' }).click()
  await until(async () => assert.equal(new URL(page.url()).searchParams.get('state'), 'fixed'))
})
