import { formatDate } from '@/lib/dates';
import type { User } from '@/types/api';

/** What the shop knows about somebody's account. */
export function Profile({ user }: { user: User }) {
  const facts = [
    ['Name', user.displayName],
    ['E-mail address', user.email],
    ['With us since', formatDate(user.createTime)],
  ];
  return (
    <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-[max-content_1fr]">
      {facts.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-soft max-sm:-mb-3">{term}</dt>
          <dd className="font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
