// The grid: areas level by level on a map drawn without anything from outside, boundaries uploaded and checked, and a
// place that proposes its area.
import assert from 'node:assert/strict'
import { assertAccessible } from './lib/axe.mjs'
import { shot, test, until } from './lib/runner.mjs'

const square = (west, south, east, north) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ],
  ],
})

const plate = (page, name) => page.locator('.map .plate', { hasText: name })

// The point of the picture where an area's name stands.
async function clickPlate(page, name) {
  const box = await plate(page, name).boundingBox()
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
}

async function newTown(api, code, name, villages) {
  await api.ask('POST', '/regions', { json: { code, name } })
  for (const [village, words] of villages) await api.ask('POST', '/regions', { json: { code: village, name: words } })
}

test('the grid is walked by list, by map and by keys, and the way back leads up', async (t) => {
  const page = await t.open('hezhicheng', '/grid')
  await page.getByRole('heading', { name: '网格与边界' }).waitFor()
  await plate(page, '澜北区').waitFor()
  await shot(page, 'grid-city')
  await clickPlate(page, '澜北区')
  await plate(page, '临河镇').waitFor()
  assert.match(page.url(), /within=990102000000/)

  // who answers for the open area, and of those below whom one asks first and who is lacking
  const town = page.getByRole('button', { name: /^临河镇/ })
  await town.getByText('第一责任人').waitFor()
  await town.getByText(/企业 \d/).waitFor()
  await page.getByText('本级的责任人不在您的数据范围内').waitFor()
  assert.equal(await page.getByRole('button', { name: '上传边界' }).count(), 0, 'who may not draw is offered no upload')

  // keys move and zoom; 0 shows all again
  const map = page.getByRole('group', { name: '澜北区的边界图' })
  const at = async () => (await plate(page, '临河镇').boundingBox()).x
  const before = await at()
  await map.focus()
  await map.press('ArrowRight')
  await until(async () => assert.ok((await at()) < before - 30))
  await map.press('+')
  await map.press('0')
  await until(async () => assert.ok(Math.abs((await at()) - before) < 2))

  // dragging is no click
  const box = await map.boundingBox()
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 3 + 90, box.y + box.height / 2 + 40, { steps: 6 })
  await page.mouse.up()
  await until(async () => assert.ok((await at()) > before + 60))
  assert.match(page.url(), /within=990102000000/)

  await page.getByRole('link', { name: '安澜市' }).click()
  await plate(page, '青屿县').waitFor()
})

test('boundaries are uploaded, what could not be stored is told, and a gap is found and shown', async (t) => {
  const api = await t.api('xujing')
  await newTown(api, '990124001000', '核图镇', [
    ['990124001001', '东村'],
    ['990124001002', '西村'],
  ])
  const page = await t.open('xujing', '/grid?within=990124001000')
  await page.getByText('这里还没有边界').waitFor()
  assert.equal(await page.getByText('未画边界').count(), 2)
  // a corner of the eastern line that neither has
  const notched = square(124, 33, 124.02, 33.02)
  notched.coordinates[0].splice(1, 1, [124.018, 33], [124.018, 33.002], [124.02, 33.002])
  // a line that is straight in GCJ-02 is not quite so in WGS-84: neighbours share all their points
  const west = square(124.02, 33, 124.04, 33.02)
  west.coordinates[0].splice(4, 0, [124.02, 33.002])
  const town = square(124, 33, 124.04, 33.02)
  town.coordinates[0].splice(3, 0, [124.02, 33.02])
  town.coordinates[0].splice(1, 0, [124.018, 33], [124.02, 33])
  const collection = {
    type: 'FeatureCollection',
    features: [
      { type: 'Feature', properties: { name: '镇', adcode: '990124001' }, geometry: town },
      { type: 'Feature', properties: { adcode: 990124001001 }, geometry: notched },
      { type: 'Feature', properties: { adcode: 990124001002 }, geometry: west },
      { type: 'Feature', properties: { adcode: 990199 }, geometry: square(124.5, 33, 124.6, 33.02) },
    ],
  }
  await page.getByRole('button', { name: '上传边界' }).first().click()
  const dialog = page.getByRole('dialog', { name: '上传边界' })
  const put = (name, text) =>
    dialog.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
  await put('x.geojson', 'PK')
  await dialog.getByText('这不是 GeoJSON 文件').waitFor()
  await put('town.geojson', JSON.stringify(collection))
  await dialog.getByText('4 个图形').waitFor()
  assert.equal(await dialog.getByRole('combobox', { name: '代码在哪个属性里' }).inputValue(), 'adcode')
  await dialog.getByText('GCJ-02').click()
  await shot(page, 'grid-upload')
  await dialog.getByRole('button', { name: '上传', exact: true }).click()
  const result = page.getByRole('dialog', { name: '上传结果' })
  await result.getByText('已存 3 个').waitFor()
  await result.getByText('990199000000').waitFor()
  await result.getByRole('button', { name: '完成' }).click()
  await plate(page, '东村').waitFor()
  const stored = await api.get('/regions/990124001001/boundary?datum=gcj02')
  assert.ok(Math.abs(stored.geometry.coordinates[0][0][0] - 124) < 0.03)
  const wgs = await api.get('/regions/990124001001/boundary')
  assert.notEqual(wgs.geometry.coordinates[0][0][0], stored.geometry.coordinates[0][0][0])

  await page.getByRole('button', { name: '核对边界' }).first().click()
  const gap = page.getByRole('button', { name: /空档 东村、西村之间无人管/ })
  await gap.waitFor()
  const mark = page.locator('.map .mark.hole')
  const wide = (await mark.boundingBox()).width
  await gap.click()
  await until(async () => assert.ok((await mark.boundingBox()).width > 2 * wide, 'the gap was not zoomed to'))
  await shot(page, 'grid-gap')

  // a boundary is taken back with its reason; in English and on the phone the dialog is whole
  await page.getByRole('button', { name: '重叠' }).waitFor({ state: 'detached' })
  const abroad = await t.open('xujing', '/grid?within=990124001001', { width: 390, height: 844, locale: 'en-GB' })
  const ask = abroad.getByRole('button', { name: 'Withdraw boundary' })
  const [button, link] = [await ask.boundingBox(), await abroad.locator('.acts a').boundingBox()]
  assert.ok(button.height >= 44 && link.height >= 44, 'too low for a thumb')
  const words = await ask.evaluate((b) => b.firstElementChild.getBoundingClientRect().left)
  if (button.y > link.y + 20) assert.ok(Math.abs(words - link.x) < 3, `indented by ${words - link.x}`)
  await ask.click()
  const dialog390 = abroad.getByRole('dialog', { name: 'Withdraw the boundary of 东村' })
  const reason = await dialog390.getByRole('textbox', { name: 'Reason' }).boundingBox()
  assert.ok(reason.x >= 0 && reason.x + reason.width <= 390, 'the reason is cut off')
  assert.ok(await dialog390.getByRole('button', { name: 'Withdraw boundary' }).isDisabled())
  await shot(abroad, '390/en/grid-withdraw')
  await assertAccessible(abroad)
  await abroad.close()
  await page.goto(`${page.url().split('?')[0]}?within=990124001001`)
  await page.getByRole('button', { name: '撤回边界' }).click()
  const back = page.getByRole('dialog', { name: '撤回东村的边界' })
  assert.ok(await back.getByRole('button', { name: '撤回边界' }).isDisabled(), 'not without a reason')
  await back.getByRole('textbox', { name: '撤回原因' }).fill('勘界有误')
  await shot(page, 'grid-withdraw')
  await back.getByRole('button', { name: '撤回边界' }).click()
  await page.getByText('这里还没有边界').waitFor()
  assert.equal(await page.getByRole('button', { name: '撤回边界' }).count(), 0)
  const history = await api.get('/regions/990124001001/history')
  assert.equal(history.items[0].note, '勘界有误')
})

test('the tree of the grid names who answers for an area, what is vacant, and leads on from there', async (t) => {
  const page = await t.open('xujing', '/grid?within=990102001000')
  const card = page.getByRole('region', { name: '临河镇今天由谁负责' })
  await card.getByText('第一责任人').waitFor()
  await card.getByRole('link', { name: /^企业 \d/ }).waitFor()
  await card.getByText('空档 0').waitFor()
  const call = card.getByRole('button', { name: /^拨打.*的电话/ }).first()
  await call.click()
  const dial = card.locator('a[href^="tel:1"]').first()
  await dial.waitFor()
  await shot(page, 'grid-town')
  const lacking = page.locator('.lacks').filter({ hasText: '缺' }).first()
  await lacking.waitFor()
  await card.getByRole('link', { name: '查某一天由谁负责' }).click()
  await page.getByRole('heading', { name: '谁负责', exact: true }).waitFor()
  assert.match(page.url(), /region=990102001000/)
})

test('a place is picked on the map and proposes its area', async (t) => {
  const page = await t.open('hezhicheng', '/enterprises/new')
  await page.getByRole('button', { name: '在地图上选' }).click()
  const dialog = page.getByRole('dialog', { name: '在地图上选位置' })
  for (const name of ['澜北区', '临河镇', '柳湾村'])
    await dialog.getByRole('list', { name: '区划' }).getByRole('button', { name }).click()
  const map = dialog.getByRole('group', { name: '柳湾村的边界图' })
  await map.waitFor()
  assert.ok(await dialog.getByRole('button', { name: '选这个位置' }).isDisabled())
  await map.focus()
  await map.press('Enter')
  await dialog.locator('.spot').waitFor()
  await shot(page, 'grid-pick')
  await dialog.getByRole('button', { name: '选这个位置' }).click()
  await page.getByText('位于 安海省 安澜市 澜北区 临河镇 柳湾村').waitFor()
  await page.getByRole('button', { name: '属地填柳湾村' }).click()
  await page.getByText('与属地一致').waitFor()
  await page.getByRole('button', { name: /属地 柳湾村/ }).waitFor()
})

test('the grid on a phone shows its list above the map and is zoomed with two fingers', async (t) => {
  const page = await t.open('zhoumingyuan', '/grid?within=990102000000', { width: 390, height: 844 })
  const target = plate(page, '临河镇')
  await target.waitFor()
  await shot(page, '390/light/grid')
  const list = await page.getByRole('button', { name: /^临河镇/ }).boundingBox()
  const map = await page.locator('.map').boundingBox()
  assert.ok(list.y + list.height <= map.y + 1 && list.height >= 44)
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390))
  const width = async () => (await page.locator('.map .area').first().boundingBox()).width
  const before = await width()
  await page.evaluate(() => {
    const map = document.querySelector('.map')
    const box = map.getBoundingClientRect()
    const x = box.left + box.width / 2
    const y = box.top + box.height / 2
    const fire = (type, id, dx) =>
      map.dispatchEvent(
        new PointerEvent(type, { pointerId: id, pointerType: 'touch', clientX: x + dx, clientY: y, bubbles: true }),
      )
    fire('pointerdown', 11, -40)
    fire('pointerdown', 12, 40)
    for (let i = 1; i <= 4; i++) {
      fire('pointermove', 11, -40 - 10 * i)
      fire('pointermove', 12, 40 + 10 * i)
    }
    fire('pointerup', 11, -80)
    fire('pointerup', 12, 80)
  })
  await until(async () => assert.ok((await width()) > 1.6 * before, 'two fingers did not zoom'))
})
