// The bounds of docs/api.md, checked before the shop is asked, so that people learn of them early.

export interface FieldErrors {
  displayName?: string;
  email?: string;
  password?: string;
}

export const passwordMinLength = 12;
export const passwordMaxLength = 128;

export function checkEmail(email: string): string | undefined {
  if (!email.trim()) return 'Please enter your e-mail address.';
  if (!/^[^@\s]+@[^@\s]+$/.test(email.trim())) return 'That is not an e-mail address.';
  return undefined;
}

export function checkNewPassword(password: string): string | undefined {
  // The shop counts code points, not the UTF-16 units that `length` has.
  const length = Array.from(password).length;
  if (length < passwordMinLength) return `Please use at least ${passwordMinLength} characters.`;
  if (length > passwordMaxLength) return `At most ${passwordMaxLength} characters, please.`;
  return undefined;
}

export function checkDisplayName(name: string): string | undefined {
  return name.trim() ? undefined : 'Please enter the name that we shall call you by.';
}

export function hasErrors(errors: object): boolean {
  return Object.values(errors).some((error) => error !== undefined);
}
