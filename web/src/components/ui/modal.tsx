import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

import { CloseIcon } from './icons';
import { recoverFocusLater } from '@/lib/focus';

interface ModalProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the end. */
  actions?: ReactNode;
  size?: 'small' | 'large';
}

/**
 * A dialog in front of everything. The browser's own <dialog> keeps the focus inside, closes on
 * Escape, and gives the focus back to what had it; when that has gone with what was done, the heading
 * of the page has it.
 */
export function Modal({ title, onClose, children, actions, size = 'small' }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // The browser gives the focus back when a dialog is closed that is still in the page, which it is no
  // more when passive effects are cleaned up.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      recoverFocusLater();
    };
  }, []);
  return (
    // Escape is the keyboard's way; a click on the backdrop is the mouse's.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      className={`m-auto w-[calc(100%-2rem)] rounded-card border border-line bg-surface p-0 text-ink shadow-raised backdrop:bg-black/50 open:animate-rise ${
        size === 'small' ? 'max-w-md' : 'max-w-2xl'
      }`}
    >
      <div className="p-5 sm:p-6">
        <div className="mb-3 flex items-start justify-between gap-4">
          <h2 id={titleId} className="text-2xl">
            {title}
          </h2>
          <button
            type="button"
            onClick={onClose}
            className="-m-2 flex size-10 shrink-0 items-center justify-center rounded-full hover:bg-sunken"
          >
            <CloseIcon />
            <span className="sr-only">Close</span>
          </button>
        </div>
        {children}
        {actions && <div className="mt-6 flex flex-wrap justify-end gap-3">{actions}</div>}
      </div>
    </dialog>
  );
}
