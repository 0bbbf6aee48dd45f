import { Button } from './button';
import { ErrorNotice } from './notice';
import type { ApiError } from '@/lib/api-error';

interface LoadFailedProps {
  error: ApiError;
  onRetry: () => void;
  isRetrying?: boolean;
}

/** In the place of what could not be loaded. */
export function LoadFailed({ error, onRetry, isRetrying = false }: LoadFailedProps) {
  return (
    <ErrorNotice
      error={error}
      actions={
        <Button variant="secondary" size="small" onClick={onRetry} isBusy={isRetrying}>
          Try again
        </Button>
      }
    />
  );
}
