import type { ReactNode } from 'react';

interface WaitingProps {
  /** What is to be said about the wait, if anything. */
  notice: ReactNode;
  /** The shape of what is waited for. */
  children: ReactNode;
}

/** A shape, and over it what holds it up: a notice that comes late moves nothing. */
export function Waiting({ notice, children }: WaitingProps) {
  return (
    <div className="grid grid-cols-1 *:[grid-area:1/1]">
      <div>{children}</div>
      {notice && <div className="z-10 self-start">{notice}</div>}
    </div>
  );
}
