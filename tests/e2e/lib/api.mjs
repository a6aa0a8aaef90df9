// One person's way to the interface without a page: to prepare what a test looks at and to ask what is really stored.
import assert from 'node:assert/strict'

export class Api {
  constructor(address, cookie) {
    this.address = address
    this.cookie = cookie
  }

  static async signIn(address, name, password) {
    const answer = await fetch(`${address}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name, password }),
    })
    assert.equal(answer.status, 200, `${name} cannot sign in`)
    return new Api(address, /anlan_session=([^;]+)/.exec(answer.headers.get('set-cookie'))[1])
  }

  async ask(method, path, { json, body, type, version, status } = {}) {
    const headers = { Cookie: `anlan_session=${this.cookie}`, Origin: this.address }
    if (json !== undefined) headers['Content-Type'] = 'application/json'
    if (type) headers['Content-Type'] = type
    if (version !== undefined) headers['If-Match'] = `"${version}"`
    const answer = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers,
      body: json === undefined ? body : JSON.stringify(json),
    })
    const text = await answer.text()
    assert.equal(answer.status, status ?? (answer.ok ? answer.status : 200), `${method} ${path}: ${text}`)
    return text && (answer.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : text
  }

  get(path, status) {
    return this.ask('GET', path, { status })
  }

  async me() {
    return (this.known ??= await this.get('/me'))
  }

  async find(kinds, words) {
    const page = await this.get(`/${kinds}?q=${encodeURIComponent(words)}&limit=1`)
    assert.ok(page.items.length, `no ${kinds} found by ${words}`)
    return page.items[0]
  }

  async move(record, name, values) {
    return this.ask('POST', `/hazards/${record.id}/moves/${name}`, { json: values, version: record.version })
  }

  async newHazard(description, firm = '澜北禾川精细化工有限公司', more = {}) {
    const object = (await this.find('enterprises', firm)).id
    const found_on = (await this.me()).server_day
    return this.ask('POST', '/hazards', { json: { description, object, found_on, source: 'grid', ...more } })
  }
}

export function addDays(day, n) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)
}
