import assert from 'node:assert/strict'
import { test, until } from './lib/runner.mjs'

test('a wrong password is answered in place, beside the box, and the name stays', async (t) => {
  const page = await t.open(null, '/sign-in')
  await page.getByLabel('账号', { exact: true }).fill('xujing')
  await page.getByLabel('密码', { exact: true }).fill('not-the-password')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  const note = page.locator('#password-note')
  await note.getByText('密码不对').waitFor()
  assert.equal(await page.getByLabel('账号', { exact: true }).inputValue(), 'xujing')
  assert.equal(new URL(page.url()).pathname, '/sign-in')
  assert.equal(await page.getByLabel('密码', { exact: true }).getAttribute('aria-invalid'), 'true')
})

test('name and password lead to the page that was asked for', async (t) => {
  const page = await t.open(null, '/enterprises')
  await page.getByRole('heading', { name: '登录' }).waitFor()
  await page.getByLabel('账号', { exact: true }).fill('wanghaitao')
  await page.getByLabel('密码', { exact: true }).fill(t.passwords.wanghaitao)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '企业', level: 1 }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/enterprises')
})

test('a demo account signs in with one click and signs out again', async (t) => {
  const page = await t.open(null, '/')
  await page.getByRole('button', { name: /吴成栋/ }).click()
  await page.getByRole('heading', { name: '工作台' }).waitFor()
  await page.getByRole('button', { name: /吴成栋/ }).click()
  await page.getByRole('menuitem', { name: '退出登录' }).click()
  await page.getByRole('heading', { name: '登录' }).waitFor()
  await page.goto('/hazards')
  await page.getByRole('heading', { name: '登录' }).waitFor()
  await until(async () => assert.equal(new URL(page.url()).pathname, '/sign-in'))
})
