import type { Problem } from '@/types/api';

/** Why a call failed: the problem that the shop answered, or that no answer came. */
export class ApiError extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly { field: string; description: string }[];
  readonly requestId: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfterS?: number) {
    super(problem.detail ?? 'The shop could not be reached.');
    this.name = 'ApiError';
    this.status = status;
    this.reason = problem.reason ?? '';
    this.metadata = problem.metadata ?? {};
    this.violations = problem.violations ?? [];
    this.requestId = problem.requestId;
    this.retryAfterS = retryAfterS;
  }

  /** No answer came: the call may or may not have had an effect. */
  get isUnanswered(): boolean {
    return this.status === 0;
  }

  /** It may well go better in a moment. */
  get isTransient(): boolean {
    return this.isUnanswered || this.status >= 500 || [408, 425, 429, 499].includes(this.status);
  }

  /**
   * The shop has decided, and the same call will get the same answer. Everything else leaves open
   * whether the call had, or will have, an effect.
   */
  get isDefinite(): boolean {
    return !this.isTransient && this.status !== 401 && this.reason !== 'ORDER_IN_PROGRESS';
  }
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(0, { detail: error instanceof Error ? error.message : String(error) });
}
