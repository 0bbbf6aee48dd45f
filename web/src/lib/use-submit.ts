import { useCallback, useRef, useState } from 'react';

import { toApiError, type ApiError } from './api-error';

/** Runs one submission at a time; a second click while one is under way does nothing. */
export function useSubmit(submit: () => Promise<void>) {
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const running = useRef(false);
  const run = useCallback(async () => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setError(undefined);
    try {
      await submit();
    } catch (thrown) {
      setError(toApiError(thrown));
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, [submit]);
  return { run, isBusy, error };
}
