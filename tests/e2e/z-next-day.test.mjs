// Deadlines that climb by themselves: seen with their dates before they happen, and told when they do. The days are turned on
// a server of its own.
import assert from 'node:assert/strict'
import { addDays } from './lib/api.mjs'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assertAccessible } from './lib/axe.mjs'
import { startPost } from './lib/post.mjs'
import { shot, test, until } from './lib/runner.mjs'
import { startServer } from './lib/server.mjs'

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

const bell = (page) => page.getByRole('button', { name: /^消息/ })

async function unread(page) {
  return Number(/(\d+)/.exec(await bell(page).getAttribute('aria-label'))?.[1] ?? 0)
}

async function nextDay(page) {
  const before = await page.getByText('服务器时间').innerText()
  await page.getByRole('button', { name: '下一天' }).click()
  await until(async () => assert.notEqual(await page.getByText('服务器时间').innerText(), before), 30_000)
}

async function world(t, options = []) {
  const server = await startServer(mkdtempSync(join(tmpdir(), 'anlan-e2e-days-')), { options })
  return { server, stage: t.at(server) }
}

test('the days go by, a rung fires, and the bells of the responsible person and of the one above count', async (t) => {
  const { server, stage } = await world(t)
  try {
    const api = await stage.api('xujing')
    const officer = await stage.open('zhenghaisheng', '/hazards')
    const head = await stage.open('fanguolin', '/hazards')
    // the first day: what had come up before is one notice that opens exactly its rows
    const most = await stage.api('gaoyuan')
    const greeting = await most.get('/me/notices?unread=true')
    const [gathered, ...others] = greeting.items.filter((n) => n.gathers?.length)
    assert.ok(gathered && others.length <= 1, 'one of each sort')
    // what was told one by one are moves, no deadlines
    const told = greeting.items.filter((n) => !n.gathers?.length).map((n) => n.cause)
    assert.deepEqual(
      told.filter((cause) => !['recheck_wanted', 'major_found', 'major_reported'].includes(cause)),
      []
    )
    const { kind, count: rows } = gathered.gathers[0]
    const department = await stage.open('gaoyuan', '/notices?tab=unread')
    await department.getByText(/期限/).first().waitFor()
    await shot(department, 'notices-first-day')
    await assertAccessible(department)
    await department.setViewportSize({ width: 390, height: 844 })
    await shot(department, 'notices-first-day-phone')
    await department.setViewportSize({ width: 1440, height: 900 })
    await department.locator(`a[href*="told=${gathered.id}"]`).first().click()
    await department.getByText('一条消息汇总的').waitFor()
    await shot(department, 'notices-gathered-list')
    const plural = department.url().match(/\/([a-z-]+)\?/)[1]
    assert.equal((await most.get(`/${plural}?told=${gathered.id}&count=exact`)).total.count, rows, kind)

    const start = await stage.api('zhenghaisheng')
    await start.ask('POST', '/me/notices/read', { json: { up_to: 1_000_000 } })
    const above = await stage.api('fanguolin')
    await above.ask('POST', '/me/notices/read', { json: { up_to: 1_000_000 } })
    await until(async () => assert.equal(await unread(officer), 0))

    // given to him: the bell counts without a reload
    const h = await assigned(api, '二层平台护栏松动', '澜北禾川精细化工有限公司', '郑海生', 1)
    await until(async () => assert.equal(await unread(officer), 1))
    await bell(officer).click()
    const panel = officer.getByRole('dialog', { name: '消息' })
    await panel.getByText('交给您整改').first().waitFor()
    await panel.getByText(/二层平台护栏松动/).first().waitFor()
    await shot(officer, 'bell')
    await assertAccessible(officer)
    await panel.getByRole('link', { name: /二层平台护栏松动/ }).first().click()
    await officer.getByRole('heading', { name: '二层平台护栏松动' }).waitFor()
    await until(async () => assert.equal(await unread(officer), 0))

    // the last day, the first day late, the third: each tells the next person up, as the record said beforehand
    const office = await stage.open('xujing', `/hazards/${h.id}`)
    const ladder = office.getByRole('region', { name: '整改期限' })
    await ladder.getByText('将告知', { exact: false }).first().waitFor()
    await nextDay(office)
    await until(async () => assert.ok((await unread(officer)) >= 1), 30_000)
    await ladder.getByText('已告知 责任人 郑海生').first().waitFor()
    for (let day = 0; day < 3; day += 1) await nextDay(office)
    await ladder.getByText('已告知 企业主要负责人 范国林').waitFor()
    await ladder.getByText('已逾期 3 天').waitFor()
    await until(async () => assert.ok((await unread(head)) >= 1), 30_000)
    await shot(office, 'ladder-late')
    await assertAccessible(office)
    const mine = (await above.get('/me/notices?limit=50')).items.filter((n) => n.record?.id === h.id)
    assert.deepEqual(
      mine.map((n) => n.words.zh),
      ['逾期 3 天告知企业主要负责人'],
    )
    await head.goto('/notices?tab=unread')
    await head.getByRole('link', { name: /二层平台护栏松动/ }).waitFor()
    await shot(head, 'notices')
    await assertAccessible(head)
    await head.getByRole('button', { name: '全部标为已读' }).click()
    await head.getByText('没有未读消息').waitFor()

    // nobody was signed out by the days
    await officer.reload()
    await officer.getByRole('heading', { name: '二层平台护栏松动' }).waitFor()
  } finally {
    await stage.leave()
    assert.equal(await server.stop(), 0)
  }
})

test('an empty post is seen beforehand and climbed past when the day has come, and a letter that did not arrive is sent again', async (t) => {
  const post = await startPost()
  const { server, stage } = await world(t, ['--smtp-url', post.url, '--smtp-from', 'anlan@example.cn', '--mail-gather', '0'])
  try {
    const api = await stage.api('xujing')
    const grid = await stage.api('hezhicheng')
    const causes = (await grid.get('/me/notice-settings')).groups.flatMap((g) => g.causes)
    await grid.ask('PUT', '/me/notice-settings', { json: { address: 'hezhicheng@example.cn', language: 'zh', causes } })
    const h = await assigned(api, '木屑堆放过高', '临河镇佳和木业加工厂', '许静', 1)
    const page = await stage.open('xujing', `/hazards/${h.id}`)
    const ladder = page.getByRole('region', { name: '整改期限' })
    await ladder.getByRole('button', { name: /再往上/ }).click()
    await ladder.getByText('企业安全员空缺，上报一级：网格员 贺志成').waitFor()
    await nextDay(page)
    await nextDay(page)
    const mine = (await grid.get('/me/notices?limit=50')).items.filter((n) => n.record?.id === h.id)
    assert.deepEqual(
      mine.map((n) => [n.words.zh, n.instead_of?.zh]),
      [['逾期第 1 天提醒企业安全员', '企业安全员']],
    )
    const his = await stage.open('hezhicheng', '/notices')
    await his.getByText('企业安全员空缺，转告您').first().waitFor()
    const small = await stage.open('hezhicheng', '/hazards', { width: 390, height: 844 })
    await bell(small).click()
    await small.getByRole('dialog', { name: '消息' }).waitFor()
    await shot(small, 'bell-phone')
    await assertAccessible(small)

    // his mail box took nothing: the administrator is told why, sees neither address nor contents, and sends it again
    await until(() => assert.ok(post.refused > 0), 20_000)
    const desk = await stage.open('sysadmin', '/mails')
    const letter = desk.getByRole('listitem').filter({ hasText: '贺志成' }).first()
    await until(async () => {
      await desk.reload()
      await letter.getByText(/550/).waitFor({ timeout: 2000 })
    }, 20_000)
    assert.ok(!(await desk.getByRole('main').innerText()).includes('hezhicheng@'))
    await shot(desk, 'mails')
    await assertAccessible(desk)
    post.refuses = false
    await letter.getByRole('button', { name: /^重新发送/ }).click()
    await desk.getByText('已重新排队，稍后发送').waitFor()
    await until(async () => assert.ok(post.taken > 0), 20_000)
    await desk.goto('/mails?tab=sent')
    await desk.getByRole('listitem').filter({ hasText: '贺志成' }).first().waitFor()
    await (await stage.open('xujing', '/mails')).getByText('没有这个页面').first().waitFor()
  } finally {
    await stage.leave()
    assert.equal(await server.stop(), 0)
    post.stop()
  }
})

test('which notices come by e-mail is settled on one’s own page', async (t) => {
  const page = await t.open('hezhicheng', '/me?tab=notices')
  await page.getByText('平台还没有设置邮件服务器').waitFor()
  await page.getByLabel('邮箱').fill('nowhere')
  await page.getByRole('button', { name: '保存' }).click()
  await page.locator('#notice-address-note.bad').waitFor()
  await page.getByLabel('邮箱').fill('hezhicheng@example.cn')
  await page.getByText('等我审批、复查').click()
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('提醒设置已保存').waitFor()
  await shot(page, 'notice-settings')
  await assertAccessible(page)
  await page.reload()
  assert.equal(await page.getByLabel('邮箱').inputValue(), 'hezhicheng@example.cn')
  assert.ok(!(await page.getByRole('checkbox', { name: '等我审批、复查' }).isChecked()))
})
