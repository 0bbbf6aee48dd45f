// What public/boot.js has asked for before this script was here: the answer that the page begins with.

interface FirstAnswer {
  url: string;
  /** Undefined when there was none that is good. */
  answer: Promise<unknown>;
  /** Its pictures are on the screen, or will not be. */
  isPainted: Promise<unknown>;
}

declare global {
  interface Window {
    cartwrightFirst?: FirstAnswer;
  }
}

/** The answer to a GET when it was asked for early; once, since later it would be old. */
export async function takeFirstAnswer<T>(url: string): Promise<T | undefined> {
  const first = window.cartwrightFirst;
  if (first?.url !== url) return undefined;
  delete window.cartwrightFirst;
  return (await first.answer) as T | undefined;
}
