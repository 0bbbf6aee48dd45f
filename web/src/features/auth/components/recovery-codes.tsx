import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toasts';
import { downloadText } from '@/lib/download';

interface RecoveryCodesProps {
  codes: string[];
  onDone: () => void;
}

/** Codes that the shop does not know any more once they are off the screen. */
export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const toast = useToast();
  const text = `${codes.join('\n')}\n`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast({ tone: 'success', title: 'Copied' });
    } catch {
      toast({ tone: 'warning', title: 'Not copied', text: 'Please download them instead.' });
    }
  };
  return (
    <div className="space-y-4">
      <Notice tone="warning" title="Keep these recovery codes">
        Without your device, one of them lets you in, once each. They are shown only now.
      </Notice>
      <ul aria-label="Recovery codes" className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>
            <code className="text-sm break-all">{code}</code>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-3">
        <Button variant="secondary" onClick={() => void copy()}>
          Copy
        </Button>
        <Button
          variant="secondary"
          onClick={() => {
            downloadText('cartwright-recovery-codes.txt', text);
          }}
        >
          Download
        </Button>
        <Button onClick={onDone}>I have kept them</Button>
      </div>
    </div>
  );
}
