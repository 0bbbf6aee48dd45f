// For a page whose scripts did not come: the shop was away for a moment, or has just been renewed.

const pauseMs = 3000;
// A page that fails for another reason is not loaded over and over.
const leastBetweenMs = 10_000;
const storageKey = 'cartwright.reloaded';

/** Whether an error says that a part of the shop could not be loaded. */
export function isLoadFailure(error: unknown): boolean {
  return error instanceof Error && /import|preload/i.test(error.message);
}

function mayReload(): boolean {
  try {
    if (Date.now() - Number(sessionStorage.getItem(storageKey)) < leastBetweenMs) return false;
    sessionStorage.setItem(storageKey, String(Date.now()));
    return true;
  } catch {
    // Without a storage nobody knows when it was loaded last.
    return false;
  }
}

/** Loads the page anew as soon as the shop answers; the function that it returns stops that. */
export function reloadWhenBack(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const look = async () => {
    const isBack = await fetch('/robots.txt', { method: 'HEAD', cache: 'no-store' }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isOver) return;
    if (isBack && mayReload()) location.reload();
    // Away, or loaded a moment ago: later, then.
    else timer = setTimeout(() => void look(), pauseMs);
  };
  timer = setTimeout(() => void look(), pauseMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
