// What the product list shows, as it stands in the address: a link to a search can be kept, and
// Back undoes one step.
import type { ListProductsQuery } from '@/types/api';

export const sortOrders = {
  relevance: 'Best match',
  newest: 'Newest',
  price: 'Price, low to high',
  'price desc': 'Price, high to low',
  name: 'Name',
} as const;

export type SortOrder = keyof typeof sortOrders;

export interface ListState {
  query: string;
  categories: string[];
  /** Bounds in minor units. */
  minPrice: string | undefined;
  maxPrice: string | undefined;
  inStock: boolean;
  /** Undefined: best match of a search, else the newest. */
  orderBy: SortOrder | undefined;
}

const isMinorUnits = (text: string | null): text is string =>
  text !== null && /^[0-9]{1,15}$/.test(text);

/** Bounds between which nothing can be are none: the shop would refuse them, and nobody could mend it. */
function readPrices(min: string | null, max: string | null) {
  const minPrice = isMinorUnits(min) ? min : undefined;
  const maxPrice = isMinorUnits(max) ? max : undefined;
  const isEmpty = minPrice && maxPrice && BigInt(minPrice) > BigInt(maxPrice);
  return isEmpty ? { minPrice: undefined, maxPrice: undefined } : { minPrice, maxPrice };
}

/** Reads the address; what is not well formed is left out. */
export function readListState(parameters: URLSearchParams): ListState {
  const orderBy = parameters.get('sort');
  const prices = readPrices(parameters.get('min'), parameters.get('max'));
  return {
    query: (parameters.get('q') ?? '').slice(0, 200),
    categories: parameters.getAll('category').sort(),
    ...prices,
    inStock: parameters.get('stock') === 'yes',
    orderBy: orderBy !== null && orderBy in sortOrders ? (orderBy as SortOrder) : undefined,
  };
}

export function writeListState(state: ListState): URLSearchParams {
  const parameters = new URLSearchParams();
  if (state.query) parameters.set('q', state.query);
  for (const category of state.categories) parameters.append('category', category);
  if (state.minPrice !== undefined) parameters.set('min', state.minPrice);
  if (state.maxPrice !== undefined) parameters.set('max', state.maxPrice);
  if (state.inStock) parameters.set('stock', 'yes');
  if (state.orderBy) parameters.set('sort', state.orderBy);
  return parameters;
}

/** The query for the shop. */
export function toProductsQuery(state: ListState): ListProductsQuery {
  const query = state.query.trim();
  return {
    ...(query && { query }),
    ...(state.categories.length && { category: state.categories }),
    ...(state.minPrice !== undefined && { minPrice: state.minPrice }),
    ...(state.maxPrice !== undefined && { maxPrice: state.maxPrice }),
    ...(state.inStock && { inStock: true }),
    orderBy: state.orderBy ?? (query ? 'relevance' : 'newest'),
  };
}

/** How many filters are set; the search and the order are none. */
export function countFilters(state: ListState): number {
  const hasPrice = state.minPrice !== undefined || state.maxPrice !== undefined;
  return state.categories.length + Number(hasPrice) + Number(state.inStock);
}

export function clearFilters(state: ListState): ListState {
  return { ...state, categories: [], minPrice: undefined, maxPrice: undefined, inStock: false };
}
