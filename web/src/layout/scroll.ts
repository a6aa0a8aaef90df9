/*
** Brings an element to the middle of what scrolls it, and moves nothing else: Element.scrollIntoView goes on to everything
** around, and pushes a whole drawer out of the window when its own body is at its end.
*/
function scrollerOf(el: Element): Element {
  for (let at = el.parentElement; at; at = at.parentElement)
    if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight) return at
  return document.documentElement
}

export function toMiddle(el: Element): void {
  const box = scrollerOf(el)
  const whole = box === document.documentElement
  const top = whole ? 0 : box.getBoundingClientRect().top
  const room = whole ? window.innerHeight : box.clientHeight
  const here = el.getBoundingClientRect()
  box.scrollBy({ top: here.top - top - (room - here.height) / 2 })
}
