import { get } from '@/lib/api-client';
import { queryCache } from '@/lib/query-cache';
import { useQuery } from '@/lib/use-query';
import type { UserRecord } from '@/types/api';

const keyOf = (key: string) => `user/admin/users/${key}`;
// An address changes seldom, and the same buyers are on every page.
const maxAgeMs = 5 * 60_000;
// In one request.
const mostIds = 100;

interface Wanted {
  ids?: string[];
  email?: string;
}

async function listUserRecords(wanted: Wanted): Promise<UserRecord[]> {
  return (await get<{ users: UserRecord[] }>('/api/admin/users', wanted)).users;
}

interface KnownUsers {
  users: ReadonlyMap<string, UserRecord>;
  /** Some of them are being asked for, for the first time. */
  isLoading: boolean;
}

/** The users with these ids, as far as they are known yet; only who is not is asked for. */
export function useUserRecords(ids: readonly string[]): KnownUsers {
  const known = knownUsers();
  const missing = [...new Set(ids)].filter((id) => !known.has(id)).slice(0, mostIds);
  const key = missing.length ? keyOf(missing.join()) : undefined;
  const { isLoading } = useQuery(key, () => learn(missing), { maxAgeMs });
  return { users: known, isLoading };
}

type Users = ReadonlyMap<string, UserRecord>;

const knownUsers = () => queryCache.read<Users>(keyOf('known')).data ?? new Map<string, never>();

async function learn(ids: string[]): Promise<UserRecord[]> {
  const users = await listUserRecords({ ids });
  queryCache.write(
    keyOf('known'),
    new Map([...knownUsers(), ...users.map((user) => [user.id, user] as const)]),
  );
  return users;
}

/** The user with an address: `data` is an empty list when there is none. */
export function useUserByEmail(email: string | undefined) {
  const key = email === undefined ? undefined : keyOf(email.toLowerCase());
  return useQuery(key, () => listUserRecords({ email: email ?? '' }), { maxAgeMs });
}
