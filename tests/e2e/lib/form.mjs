// Filling fields the way people do, found by the words beside them.
import assert from 'node:assert/strict'
import { until } from './runner.mjs'

const pageOf = (scope) => scope.page?.() ?? scope

export async function type(scope, label, text) {
  await scope.getByRole('textbox', { name: label }).fill(text)
}

export async function typeDay(scope, label, day) {
  const box = scope.getByRole('combobox', { name: label })
  await box.fill(day)
  await box.press('Enter')
}

export async function tick(scope, label, answer) {
  await scope.getByRole('radiogroup', { name: label }).getByText(answer, { exact: true }).click()
}

// From a list that is opened; `words` are typed first where the list is searched at the server.
export async function choose(scope, label, answer, words) {
  const box = scope.getByRole('combobox', { name: label })
  await box.click({ force: true }) // what is chosen lies over the input
  const option = pageOf(scope).getByRole('option', { name: answer }).first()
  // on a busy machine a list may close under the typing: whoever types once more has it again
  await until(async () => {
    if (words) await box.fill(words)
    await option.waitFor({ timeout: 4000 })
  }, 12_000)
  await option.click()
}

// What stands under a field and belongs to it for those who cannot see.
export async function noteOf(box) {
  // what the server says of a field comes a moment after the click
  const id = await until(async () => {
    const is = await box.getAttribute('aria-describedby')
    assert.ok(is, 'the field has no note')
    return is
  })
  const note = pageOf(box).locator(`[id="${id}"]`)
  await note.waitFor()
  return note
}

export async function assertErrorBeside(box, text) {
  const note = await noteOf(box)
  assert.match(await note.innerText(), text)
  const [a, b] = [await box.boundingBox(), await note.boundingBox()]
  assert.ok(b.y >= a.y && b.y - (a.y + a.height) < 40, `the error stands ${b.y - a.y - a.height} px below its field`)
}
