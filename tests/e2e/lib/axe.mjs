// What axe-core finds wrong on a page, for people who cannot see it or use no mouse.
import assert from 'node:assert/strict'
import axe from 'axe-core'

// Each fault in one line: rule, what stands there, where.
export async function axeFaults(page) {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axe.source)
  const found = await page.evaluate(() => axe.run(document, { iframes: false, resultTypes: ['violations'] }))
  return found.violations.flatMap((v) =>
    v.nodes
      .slice(0, 3)
      .map(
        (n) =>
          `${v.id}: ${n.target.join(' ')} ${n.html.slice(0, 120)} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? v.help})`,
      ),
  )
}

export async function assertAccessible(page) {
  assert.deepEqual(await axeFaults(page), [])
}
