/*
** Brings an element to the middle, or to the top, of what scrolls it, and moves nothing else: Element.scrollIntoView goes on
** to everything around, and pushes a whole drawer out of the window when its own body is at its end.
*/
function scrollerOf(el: Element): Element {
  for (let at = el.parentElement; at; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight) return at
  return document.documentElement
}

/* above: the share of the free room that is left above the element. */
function bring(el: Element, above: number, behavior: ScrollBehavior): void {
  const box = scrollerOf(el)
  const whole = box === document.documentElement
  const top = whole ? 0 : box.getBoundingClientRect().top
  const room = whole ? window.innerHeight : box.clientHeight
  const here = el.getBoundingClientRect()
  box.scrollBy({ top: here.top - top - (room - here.height) * above, behavior })
}

export function toMiddle(el: Element): void {
  bring(el, 0.5, 'auto')
}

export function toTop(el: Element): void {
  bring(el, 0, 'smooth')
}
