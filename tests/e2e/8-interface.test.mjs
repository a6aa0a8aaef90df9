import assert from 'node:assert/strict'
import { Validator } from '@seriousme/openapi-schema-validator'
import { test } from './lib/runner.mjs'

test('the description of the interface is valid OpenAPI 3.1 and names no part that it does not hold', async (t) => {
  const text = await (await fetch(`${t.address}/api/openapi.json`)).text()
  const validator = new Validator()
  const { valid, errors } = await validator.validate(JSON.parse(text))
  assert.ok(valid, JSON.stringify(errors, null, 1))
  const document = JSON.parse(text)
  assert.equal(document.openapi.slice(0, 3), '3.1')
  for (const [, path] of text.matchAll(/"\$ref":\s*"#\/([^"]+)"/g)) {
    const found = path.split('/').reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document)
    assert.ok(found, `nothing stands at #/${path}`)
  }
  for (const path of ['/api/v1/hazards', '/api/v1/hazards/{id}/moves/assign', '/api/v1/search'])
    assert.ok(document.paths[path], `${path} is not described`)
})
