import { useState } from 'react';

import { classes } from './classes';

interface ProductImageProps {
  src: string;
  /** Empty where the product's name stands beside it. */
  alt: string;
  /** What is seen first is not left to lazy loading. */
  isFirst?: boolean;
  className?: string;
}

/** A drawn picture of a product: square, in its room before it is loaded. */
export function ProductImage({ src, alt, isFirst = false, className }: ProductImageProps) {
  const [failedSrc, setFailedSrc] = useState<string>();
  if (!src || failedSrc === src) {
    return (
      <div
        role={alt ? 'img' : undefined}
        aria-label={alt || undefined}
        className={classes('aspect-square bg-sunken', className)}
      />
    );
  }
  return (
    <img
      src={src}
      alt={alt}
      width={400}
      height={400}
      loading={isFirst ? 'eager' : 'lazy'}
      fetchPriority={isFirst ? 'high' : 'auto'}
      // It takes the place of the one that boot.js has put there: without a moment of nothing.
      decoding={isFirst ? 'sync' : 'async'}
      onError={() => {
        setFailedSrc(src);
      }}
      className={classes('aspect-square w-full bg-sunken object-cover', className)}
    />
  );
}
