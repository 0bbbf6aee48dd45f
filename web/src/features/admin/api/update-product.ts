import { patch } from '@/lib/api-client';
import type { ProductRecord, UpdateProductRequest } from '@/types/api';

/** Changes what is given; sent again it changes nothing more. */
export function updateProduct(id: string, change: UpdateProductRequest): Promise<ProductRecord> {
  return patch(`/api/admin/products/${encodeURIComponent(id)}`, change);
}
