import { post } from '@/lib/api-client';
import type { Attempt } from '@/lib/attempts';
import type { ProductRecord } from '@/types/api';

export interface Adjustment {
  id: string;
  /** Pieces that come, or, negative, go. */
  delta: string;
  reason: string;
}

export function adjustStock({ key, body }: Attempt<Adjustment>): Promise<ProductRecord> {
  const { id, delta, reason } = body;
  const url = `/api/admin/products/${encodeURIComponent(id)}/stock`;
  return post(url, { delta, reason }, { idempotencyKey: key });
}
