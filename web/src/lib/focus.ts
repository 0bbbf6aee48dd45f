/** Brings people to the first field that needs mending, once its error is on the screen. */
export function focusFirstInvalid(form: HTMLFormElement): void {
  requestAnimationFrame(() => {
    form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
}

/** Gives the focus to an element when what had it is no longer in the page; without one, to the page's heading. */
export function recoverFocus(element?: HTMLElement | null): void {
  if (document.activeElement !== document.body) return;
  (element ?? document.querySelector<HTMLElement>('main h1'))?.focus({ preventScroll: true });
}
