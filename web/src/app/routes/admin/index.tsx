import { Navigate } from 'react-router';

import { adminSections } from './sections';

export function Component() {
  return <Navigate to={adminSections[0].path} replace />;
}
