/*
 * The library gives the focus to the box of a drawer or dialog once it stands; people came to fill in its first field.
 * Of a choice that comes first it is what is chosen. Whoever was quicker and is in one already stays there: what is typed
 * must not land in another.
 */
export function focusFirst(inside: HTMLElement | null | undefined): void {
  if (!inside || inside.contains(document.activeElement)) return
  const first = inside.querySelector<HTMLElement>('input:not([type="file"]), textarea')
  const chosen =
    first instanceof HTMLInputElement && first.type === 'radio'
      ? inside.querySelector<HTMLElement>(`input[name="${first.name}"]:checked`)
      : null
  ;(chosen ?? first)?.focus()
}
