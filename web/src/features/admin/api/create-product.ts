import { post } from '@/lib/api-client';
import type { Attempt } from '@/lib/attempts';
import type { CreateProductRequest, ProductRecord } from '@/types/api';

export function createProduct({
  key,
  body,
}: Attempt<CreateProductRequest>): Promise<ProductRecord> {
  return post('/api/admin/products', body, { idempotencyKey: key });
}
