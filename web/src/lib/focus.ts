import { useEffect, useRef, type RefObject } from 'react';

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

/** The same, when what is going on now is over. */
export function recoverFocusLater(): void {
  setTimeout(recoverFocus);
}

/** Recovers the focus when a control goes away with what was done by it. */
export function useFocusRecovery(isThere: boolean, element?: RefObject<HTMLElement | null>): void {
  const wasThere = useRef(isThere);
  useEffect(() => {
    if (wasThere.current && !isThere) recoverFocus(element?.current);
    wasThere.current = isThere;
  }, [isThere, element]);
}
