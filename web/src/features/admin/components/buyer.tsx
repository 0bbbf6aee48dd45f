import { useUserRecords } from '../api/list-user-records';

/** Whose order it is: their address, and until that is known their id. */
export function Buyer({ userId }: { userId: string }) {
  const user = useUserRecords([userId]).users.get(userId);
  return user ? (
    <span className="break-all">
      {user.displayName}, {user.email}
    </span>
  ) : (
    <span className="font-mono break-all">{userId}</span>
  );
}
