import { useEffect, useRef } from 'react';

/** Calls `effect` once the value has not changed for `delayMs`; not for the first value. */
export function useDebounced<T>(value: T, delayMs: number, effect: (value: T) => void): void {
  const latest = useRef(effect);
  const last = useRef(value);
  useEffect(() => {
    latest.current = effect;
  });
  useEffect(() => {
    if (last.current === value) return;
    const timer = setTimeout(() => {
      last.current = value;
      latest.current(value);
    }, delayMs);
    return () => {
      clearTimeout(timer);
    };
  }, [value, delayMs]);
}
