import { useEffect, useRef, type ReactNode } from 'react';

interface PageHeadingProps {
  title: string;
  /** Shown instead of the title; the title is still the document's. */
  children?: ReactNode;
  aside?: ReactNode;
  className?: string;
}

let isFirstPage = true;

/**
 * The h1 of a page. It names the document, and takes the focus when the page was reached by a link
 * of the shop: screen readers then read where they are, and Tab goes on from the top.
 */
export function PageHeading({ title, children, aside, className }: PageHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === 'Cartwright' ? title : `${title} – Cartwright`;
  }, [title]);
  useEffect(() => {
    // Who types a search is brought to the list, and goes on typing.
    const isTyping = document.activeElement instanceof HTMLInputElement;
    if (!isFirstPage && !isTyping) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <div className={className ?? 'mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-2'}>
      <h1 ref={heading} tabIndex={-1} className="text-3xl sm:text-4xl">
        {children ?? title}
      </h1>
      {aside}
    </div>
  );
}
