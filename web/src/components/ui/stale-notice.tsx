import { Button } from './button';
import { Notice } from './notice';

interface StaleNoticeProps {
  what: string;
  onRetry: () => void;
  isRetrying?: boolean;
}

/** Above what is shown from memory while the shop cannot be asked. */
export function StaleNotice({ what, onRetry, isRetrying = false }: StaleNoticeProps) {
  return (
    <Notice
      tone="warning"
      title={`${what} may be out of date`}
      className="mb-6"
      actions={
        <Button variant="secondary" size="small" onClick={onRetry} isBusy={isRetrying}>
          Try again
        </Button>
      }
    >
      This part of the shop does not answer at the moment. You see what it said last; we keep
      trying.
    </Notice>
  );
}
