import { Spinner } from '@/components/ui/spinner';

export function PageSpinner() {
  return (
    <div className="flex min-h-[60vh] items-center justify-center text-accent">
      <Spinner size="large" label="Loading" />
    </div>
  );
}
