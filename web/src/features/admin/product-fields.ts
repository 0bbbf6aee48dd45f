// What can be said of a product, as it is typed, and as the shop takes it.
import { parseAmount, plainAmount } from '@/lib/money';
import type { Money, Product } from '@/types/api';

export interface ProductFields {
  name: string;
  description: string;
  category: string;
  price: string;
  imageUrl: string;
}

export type FieldErrors = Partial<Record<keyof ProductFields, string>>;

// The shop's own bounds, in minor units.
const mostExpensive = 1_000_000_000n;

export const emptyFields: ProductFields = {
  name: '',
  description: '',
  category: '',
  price: '',
  imageUrl: '',
};

export function fieldsOf({ name, description, category, price, imageUrl }: Product): ProductFields {
  return { name, description, category, price: price ? plainAmount(price) : '', imageUrl };
}

/** Whether both have the same in every field. */
export function isSaidTheSame(one: Product, other: Product): boolean {
  const [before, after] = [fieldsOf(one), fieldsOf(other)];
  return Object.keys(before).every(
    (name) => before[name as keyof ProductFields] === after[name as keyof ProductFields],
  );
}

export function priceOf({ price }: ProductFields, currencyCode: string): Money | undefined {
  const minorUnits = parseAmount(price, currencyCode);
  return minorUnits === undefined ? undefined : { currencyCode, minorUnits };
}

/** What is wrong with them, by field; nothing when they can be sent. */
export function checkFields(fields: ProductFields, currencyCode: string): FieldErrors {
  const errors: FieldErrors = {};
  const price = priceOf(fields, currencyCode);
  if (!fields.name.trim()) errors.name = 'Please enter a name.';
  if (!fields.category) errors.category = 'Please choose a category.';
  if (!price) errors.price = 'Please enter an amount, such as 50 or 19.90.';
  else if (price.minorUnits === '0') errors.price = 'Nothing is for free here.';
  else if (BigInt(price.minorUnits) > mostExpensive) errors.price = 'That is too expensive.';
  if (!/^\/media(\/[\w-][\w.-]*)+$/.test(fields.imageUrl)) {
    errors.imageUrl = 'Please enter a path that begins with /media/.';
  }
  return errors;
}

/** What differs from the product as it was read; empty when nothing does. */
export function changesTo(product: Product, fields: ProductFields, currencyCode: string) {
  const before = fieldsOf(product);
  const price = priceOf(fields, currencyCode);
  const name = fields.name.trim();
  return {
    ...(name !== before.name && { name }),
    ...(fields.description !== before.description && { description: fields.description }),
    ...(fields.category !== before.category && { category: fields.category }),
    ...(price && price.minorUnits !== product.price?.minorUnits && { price }),
    ...(fields.imageUrl !== before.imageUrl && { imageUrl: fields.imageUrl }),
  };
}
