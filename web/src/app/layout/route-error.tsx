import { useEffect } from 'react';
import { useRouteError } from 'react-router';

import { Button } from '@/components/ui/button';
import { PageHeading } from '@/components/ui/page-heading';
import { isLoadFailure, reloadWhenBack } from '@/lib/reload';

/**
 * When a page cannot be shown. The usual reason is a new version of the shop: its pages have other
 * names, and the old ones are gone. Loading the page anew then mends it.
 */
export function RouteError() {
  const error = useRouteError();
  const opensByItself = isLoadFailure(error);
  useEffect(() => {
    console.error(error);
    if (opensByItself) return reloadWhenBack();
  }, [error, opensByItself]);
  return (
    <div className="mx-auto max-w-xl px-4 py-20 text-center">
      <PageHeading title="This page did not open" className="mb-4" />
      <p className="mb-8 text-soft">
        Perhaps the connection was interrupted, or the shop has just been renewed. Your cart and
        your orders are safe.{opensByItself && ' It opens by itself as soon as the shop answers.'}
      </p>
      <Button
        onClick={() => {
          location.reload();
        }}
      >
        Load the page again
      </Button>
    </div>
  );
}
