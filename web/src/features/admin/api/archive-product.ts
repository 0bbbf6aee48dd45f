import { post } from '@/lib/api-client';
import type { ProductRecord } from '@/types/api';

export function archiveProduct(id: string): Promise<ProductRecord> {
  return post(`/api/admin/products/${encodeURIComponent(id)}/archive`, {});
}

export function unarchiveProduct(id: string): Promise<ProductRecord> {
  return post(`/api/admin/products/${encodeURIComponent(id)}/unarchive`, {});
}
