import type { ReactNode } from 'react';

import { classes } from './classes';
import { CheckIcon, InfoIcon, WarningIcon } from './icons';
import { explain } from '@/lib/messages';
import type { ApiError } from '@/lib/api-error';

type Tone = 'info' | 'success' | 'warning' | 'danger';

const tones: Record<Tone, string> = {
  info: 'border-line bg-surface',
  success: 'border-accent bg-accent-soft',
  warning: 'border-warn bg-warn-soft',
  danger: 'border-danger bg-danger-soft',
};

const icons: Record<Tone, ReactNode> = {
  info: <InfoIcon className="mt-0.5 size-5 text-soft" />,
  success: <CheckIcon className="mt-0.5 size-5 text-accent" />,
  warning: <WarningIcon className="mt-0.5 size-5 text-warn" />,
  danger: <WarningIcon className="mt-0.5 size-5 text-danger" />,
};

interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons or links below the text. */
  actions?: ReactNode;
  /** Read to screen readers when it appears; urgently when something failed. */
  isLive?: boolean;
  className?: string;
}

export function Notice(props: NoticeProps) {
  const { tone = 'info', title, children, actions, isLive = true, className } = props;
  const role = tone === 'danger' ? 'alert' : 'status';
  return (
    <div
      role={isLive ? role : undefined}
      className={classes('flex gap-3 rounded-card border px-4 py-3', tones[tone], className)}
    >
      {icons[tone]}
      <div className="min-w-0 flex-1">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className="text-[0.95rem]">{children}</div>}
        {actions && <div className="mt-3 flex flex-wrap gap-3">{actions}</div>}
      </div>
    </div>
  );
}

interface ErrorNoticeProps {
  error: ApiError;
  actions?: ReactNode;
  className?: string;
}

/** A failure in the words of `explain`, with the number that support asks for. */
export function ErrorNotice({ error, actions, className }: ErrorNoticeProps) {
  const { title, text } = explain(error);
  return (
    <Notice tone="danger" title={title} actions={actions} {...(className && { className })}>
      <p>{text}</p>
      {error.status >= 500 && error.requestId && (
        <p className="mt-1 text-sm text-soft">
          For our support: <code className="break-all">{error.requestId}</code>
        </p>
      )}
    </Notice>
  );
}
