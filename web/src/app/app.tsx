import { RouterProvider } from 'react-router/dom';

import { AppProvider } from './provider';
import type { Router } from './router';

export function App({ router }: { router: Router }) {
  return (
    <AppProvider>
      <RouterProvider router={router} />
    </AppProvider>
  );
}
