import type { Cart, CartItem, Money, Order, Product, ProductRecord } from '@/types/api';

// Whole messages with plausible contents; a test overrides what it is about.

export const eur = (minorUnits: bigint | number | string): Money => ({
  currencyCode: 'EUR',
  minorUnits: String(minorUnits),
});

export const aProduct = (overrides: Partial<Product> = {}): Product => ({
  id: 'p-1',
  name: 'Oak chair',
  description: 'A chair.',
  category: 'chairs',
  price: eur(12_900),
  imageUrl: '/media/chairs/oak.svg',
  available: '12',
  createTime: '2026-01-02T03:04:05Z',
  updateTime: '2026-01-02T03:04:05Z',
  etag: 'etag',
  ...overrides,
});

export const aRecord = (overrides: Partial<ProductRecord> = {}): ProductRecord => ({
  product: aProduct(),
  active: true,
  onHand: '12',
  reserved: '0',
  ...overrides,
});

export const aLine = (overrides: Partial<CartItem> = {}): CartItem => ({
  productId: 'p-1',
  name: 'Oak chair',
  imageUrl: '/media/chairs/oak.svg',
  unitPrice: eur(12_900),
  addedPrice: eur(12_900),
  lineTotal: eur(12_900),
  quantity: 1,
  problems: [],
  ...overrides,
});

export const aCart = (items: CartItem[] = [aLine()], overrides: Partial<Cart> = {}): Cart => ({
  items,
  subtotal: eur(items.reduce((sum, item) => sum + BigInt(item.lineTotal?.minorUnits ?? 0), 0n)),
  itemCount: items.reduce((sum, { quantity }) => sum + quantity, 0),
  version: 'v1',
  stale: false,
  ...overrides,
});

export const anOrder = (overrides: Partial<Order> = {}): Order => ({
  id: '01a21d43-a2aa-73f0-9532-d6f7a0fe307e',
  state: 'CONFIRMED',
  items: [],
  total: eur(12_900),
  createTime: '2026-01-02T03:04:05Z',
  updateTime: '2026-01-02T03:04:05Z',
  settled: true,
  ...overrides,
});
