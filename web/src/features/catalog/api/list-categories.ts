import { get } from '@/lib/api-client';
import { useQuery } from '@/lib/use-query';
import type { Category } from '@/types/api';

export async function listCategories(): Promise<Category[]> {
  const { categories } = await get<{ categories: Category[] }>('/api/categories', undefined, {
    anonymous: true,
  });
  return categories;
}

export function useCategories() {
  return useQuery('catalog/categories', listCategories, { maxAgeMs: 5 * 60_000, keep: true });
}
