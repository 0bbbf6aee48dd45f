/** Under which a user's payment is written down until its answer is definite. */
export function checkoutScope(userId: string): string {
  return `${userId}/checkout`;
}
