import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { Api } from './lib/api.mjs'
import { assertAccessible } from './lib/axe.mjs'
import { shot, test, until } from './lib/runner.mjs'

// RFC 6238: what an authenticator shows for a secret now.
function oneTimeCode(secret, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let bits = ''
  for (const c of secret.replace(/\s/g, '')) bits += alphabet.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const from = mac[19] & 15
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

async function signIn(page, name, password) {
  await page.getByLabel('账号', { exact: true }).fill(name)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

test('a second step is set up by scanning, asked for at the next sign-in, and turned off again', async (t) => {
  const page = await t.open('wanghaitao', '/me?tab=second')
  await page.getByRole('button', { name: '开启两步验证' }).click()
  const secret = await page.locator('.secret').textContent()
  assert.match(secret.replace(/\s/g, ''), /^[A-Z2-7]{16,}$/)
  await page.getByLabel('验证器显示的 6 位数字').fill('000000')
  await page.getByRole('button', { name: '确认开启' }).click()
  await page.locator('#second-code-note').waitFor()
  await page.getByLabel('验证器显示的 6 位数字').fill(oneTimeCode(secret))
  await page.getByRole('button', { name: '确认开启' }).click()
  const codes = page.getByRole('listitem').filter({ hasText: /^[A-Za-z0-9-]{8,}$/ })
  await until(async () => assert.equal(await codes.count(), 10))
  const recovery = await codes.first().textContent()
  await page.getByRole('button', { name: '我已保存好' }).click()
  await page.getByText('已开启', { exact: true }).waitFor()

  const other = await t.open(null, '/sign-in')
  await signIn(other, 'wanghaitao', t.passwords.wanghaitao)
  await other.getByLabel('验证码').fill('123')
  await other.keyboard.press('Enter')
  await other.locator('#code-note.bad').waitFor()
  await other.getByLabel('验证码').fill(recovery.trim())
  await other.keyboard.press('Enter')
  await other.getByRole('heading', { name: '工作台' }).waitFor()

  await page.getByRole('button', { name: '关闭两步验证' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('密码', { exact: true }).fill(t.passwords.wanghaitao)
  const another = (await codes.count()) ? '' : oneTimeCode(secret, Date.now() + 30_000)
  await dialog.getByLabel('验证码').fill(another)
  await dialog.getByRole('button', { name: '关闭两步验证' }).click()
  await page.getByText('未开启', { exact: true }).waitFor()
})

test('a device that is not one’s own any more is signed out from the list', async (t) => {
  const lost = await t.open('zhenghaisheng', '/hazards')
  await lost.getByRole('heading', { name: '隐患台账' }).waitFor()
  const page = await t.open(null, '/sign-in')
  await signIn(page, 'zhenghaisheng', t.passwords.zhenghaisheng)
  await page.getByRole('heading', { name: '工作台' }).waitFor()
  await page.goto('/me?tab=sessions')
  await page.getByText('本机').waitFor()
  for (let left = await page.getByRole('button', { name: /^结束/ }).count(); left > 0; left--) {
    await page.getByRole('button', { name: /^结束/ }).first().click()
    await until(async () => assert.equal(await page.getByRole('button', { name: /^结束/ }).count(), left - 1))
  }
  await lost.reload()
  await lost.getByRole('heading', { name: '登录' }).waitFor()
})

test('a key is shown once, reads what its maker may, and ends when told', async (t) => {
  const page = await t.open('hezhicheng', '/me?tab=keys')
  await page.getByRole('button', { name: '新建密钥' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '生成密钥' }).click()
  await dialog.getByText('请填写用途').waitFor()
  await dialog.getByLabel('用途').fill('市级平台对接')
  await dialog.getByRole('checkbox', { name: '隐患', exact: true }).check()
  await dialog.getByRole('button', { name: '生成密钥' }).click()
  const key = (await dialog.locator('.key').textContent()).trim()
  const ask = (path) => fetch(t.address + path, { headers: { Authorization: `Bearer ${key}` } })
  assert.equal((await ask('/api/v1/hazards?limit=1')).status, 200)
  assert.equal((await ask('/api/v1/enterprises?limit=1')).status, 403)
  await dialog.getByRole('button', { name: '关闭' }).last().click()
  await page.getByText('市级平台对接').waitFor()
  await page.getByRole('button', { name: '停用 市级平台对接' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '停用', exact: true }).click()
  await until(async () => assert.equal((await ask('/api/v1/hazards?limit=1')).status, 401))
})

test('a password is changed only for one that keeps the rules, and only by who knows the old one', async (t) => {
  const page = await t.open('zhoumingyuan', '/me')
  const fill = async (old, next, again = next) => {
    await page.getByLabel('原密码').fill(old)
    await page.getByLabel('新密码', { exact: true }).fill(next)
    await page.getByLabel('再写一遍新密码').fill(again)
    await page.getByRole('button', { name: '修改密码' }).click()
  }
  await fill(t.passwords.zhoumingyuan, 'short')
  await page.locator('#password-new-note.bad').waitFor()
  await fill(t.passwords.zhoumingyuan, 'Xin-mi-ma-2026', 'Xin-mi-ma-2027')
  await page.getByText('两次写的不一样').waitFor()
  await fill('not the old one', 'Xin-mi-ma-2026')
  await page.locator('#password-old-note.bad').waitFor()
  await fill(t.passwords.zhoumingyuan, 'Xin-mi-ma-2026')
  await page.getByText('密码已修改').waitFor()
  await Api.signIn(t.address, 'zhoumingyuan', 'Xin-mi-ma-2026')
  t.passwords.zhoumingyuan = 'Xin-mi-ma-2026'
})

test('the guide is one click from the account menu, has its pictures, and leads to its parts', async (t) => {
  const page = await t.open('hezhicheng', '/')
  await page.getByRole('button', { name: /贺志成/ }).click()
  const [guide] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('menuitem', { name: '帮助' }).click(),
  ])
  await guide.getByRole('heading', { name: '安澜使用指南' }).waitFor()
  await guide.getByRole('link', { name: '期限与提醒' }).click()
  assert.equal(await guide.evaluate(() => document.querySelector(':target')?.textContent), '期限与提醒')
  const broken = await guide.evaluate(() => [...document.images].filter((i) => !i.naturalWidth).map((i) => i.src))
  assert.deepEqual(broken, [])
  const lost = await guide.evaluate(() =>
    [...document.querySelectorAll('a[href^="#"]')].map((a) => decodeURIComponent(a.hash.slice(1))).filter((id) => !document.getElementById(id)),
  )
  assert.deepEqual(lost, [])
  await assertAccessible(guide)
  await shot(guide, 'guide')
})
