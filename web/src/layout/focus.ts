/*
 * The library gives the focus to the box of a drawer or dialog once it stands; people came to fill in its first field.
 * Whoever was quicker and is in one already stays there: what is typed must not land in another.
 */
export function focusFirst(inside: HTMLElement | null | undefined): void {
  if (!inside || inside.contains(document.activeElement)) return
  inside.querySelector<HTMLElement>('input:not([type="file"]), textarea')?.focus()
}
