import { likelyCountry } from './countries';
import { readStored, storageKeys, writeStored } from '@/lib/storage';
import type { ShippingAddress } from '@/types/api';

/** As it is typed: every field a string. */
export type AddressFields = Record<keyof ShippingAddress, string>;
export type AddressErrors = Partial<AddressFields>;

// The bounds of the contract.
export const maxLengths = {
  fullName: 100,
  line1: 200,
  line2: 200,
  city: 100,
  region: 100,
  postalCode: 20,
} as const;

const missing: AddressErrors = {
  fullName: 'Please say who receives it.',
  line1: 'Please enter street and number.',
  city: 'Please enter the town.',
  postalCode: 'Please enter the postal code.',
  countryCode: 'Please choose the country.',
};

export function checkAddress(fields: AddressFields): AddressErrors {
  return Object.fromEntries(
    Object.entries(missing).filter(([name]) => !fields[name as keyof AddressFields].trim()),
  );
}

/** What is sent: trimmed, without the optional fields that are empty. */
export function toShippingAddress(fields: AddressFields): ShippingAddress {
  const { line2, region, ...required } = trimmed(fields);
  return { ...required, ...(line2 && { line2 }), ...(region && { region }) };
}

function trimmed(fields: AddressFields): AddressFields {
  const entries = Object.entries(fields).map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(entries) as AddressFields;
}

/** What was typed last on this device; sign-out forgets it. */
export function rememberedAddress(fullName: string): AddressFields {
  const stored = readStored(storageKeys.address);
  const known = typeof stored === 'object' && stored !== null ? stored : {};
  const read = (name: string, otherwise = '') => {
    const value: unknown = (known as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : otherwise;
  };
  return {
    fullName: read('fullName', fullName),
    line1: read('line1'),
    line2: read('line2'),
    city: read('city'),
    region: read('region'),
    postalCode: read('postalCode'),
    countryCode: read('countryCode', likelyCountry()),
  };
}

export function rememberAddress(fields: AddressFields): void {
  writeStored(storageKeys.address, fields);
}
