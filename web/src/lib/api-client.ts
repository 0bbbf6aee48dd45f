// The one module that talks HTTP with the shop, event streams (event-stream.ts) excepted.
import axios, { AxiosError, type AxiosRequestConfig, type AxiosResponse } from 'axios';

import { accessToken, accessTokenExpires } from './access-token';
import { ApiError, toApiError } from './api-error';
import { takeFirstAnswer } from './first-answer';
import { refreshAccessToken } from './refresh';
import type { Problem } from '@/types/api';

// Longer than the gateway's own limits, so that the shop is the one that gives up.
const timeoutMs = 15_000;
// Refreshed before it runs out, so that no request has to be sent twice.
const expiryMarginMs = 20_000;

const http = axios.create({
  timeout: timeoutMs,
  // Axios would write category[]=a; the contract repeats the name.
  paramsSerializer: { indexes: null },
});

export interface CallOptions {
  signal?: AbortSignal;
  /** For calls that cost money: the same key has one effect, however often it is sent. */
  idempotencyKey?: string;
  /** Public calls carry no token. */
  anonymous?: boolean;
  /** Not from the browser's cache, which may be a minute and a half old, without asking the shop. */
  fresh?: boolean;
}

export interface Answer<T> {
  status: number;
  body: T;
}

export async function call<T>(
  config: AxiosRequestConfig,
  options: CallOptions = {},
): Promise<Answer<T>> {
  if (!options.anonymous && accessTokenExpires(expiryMarginMs)) await refreshAccessToken();
  const usedToken = options.anonymous ? undefined : accessToken();
  try {
    return await send<T>(config, options, usedToken);
  } catch (error) {
    const failure = errorOf(error);
    if (!usedToken || failure.status !== 401 || !failure.reason.startsWith('TOKEN_')) throw failure;
    await refreshAccessToken(usedToken);
  }
  try {
    return await send<T>(config, options, accessToken());
  } catch (error) {
    throw errorOf(error);
  }
}

async function send<T>(
  config: AxiosRequestConfig,
  { signal, idempotencyKey, fresh }: CallOptions,
  token: string | undefined,
): Promise<Answer<T>> {
  const response = await http.request<T>({
    ...config,
    ...(signal ? { signal } : {}),
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {}),
      // Validates what the browser has: an answer that has not changed costs a 304.
      ...(fresh ? { 'Cache-Control': 'max-age=0' } : {}),
    },
  });
  return { status: response.status, body: response.data };
}

/** The body of a GET. */
export async function get<T>(url: string, params?: object, options?: CallOptions): Promise<T> {
  if (options?.anonymous) {
    const first = await takeFirstAnswer<T>(http.getUri({ url, params }));
    if (first !== undefined) return first;
  }
  return (await call<T>({ method: 'GET', url, params }, options)).body;
}

/** The body of a POST's answer. */
export async function post<T>(url: string, body: object, options?: CallOptions): Promise<T> {
  return (await call<T>({ method: 'POST', url, data: body }, options)).body;
}

/** The body of a PATCH's answer. */
export async function patch<T>(url: string, body: object): Promise<T> {
  return (await call<T>({ method: 'PATCH', url, data: body })).body;
}

function errorOf(error: unknown): ApiError {
  if (!(error instanceof AxiosError)) return toApiError(error);
  const response = error.response as AxiosResponse<unknown> | undefined;
  if (!response) return new ApiError(0, { reason: error.code ?? '' });
  const retryAfter = Number(response.headers['retry-after']);
  return new ApiError(
    response.status,
    isProblem(response.data) ? response.data : {},
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'reason' in body;
}
