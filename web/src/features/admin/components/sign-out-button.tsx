import { useState } from 'react';

import { revokeUserSessions } from '../api/revoke-user-sessions';
import { Buyer } from './buyer';
import { Button } from '@/components/ui/button';
import { Modal } from '@/components/ui/modal';
import { ErrorNotice } from '@/components/ui/notice';
import { useToast } from '@/components/ui/toasts';
import { useSubmit } from '@/lib/use-submit';

/** Ends all sessions of a buyer, for when their sign-in is in wrong hands. */
export function SignOutButton({ userId }: { userId: string }) {
  const toast = useToast();
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy, error } = useSubmit(async () => {
    const count = await revokeUserSessions(userId);
    const devices = count === 1 ? '1 device' : `${count} devices`;
    toast({ tone: 'success', title: `Signed the buyer out of ${devices}` });
    setOpen(false);
  });
  return (
    <>
      <Button
        variant="danger"
        onClick={() => {
          setOpen(true);
        }}
      >
        Sign the buyer out
      </Button>
      {isOpen && (
        <Modal
          title="Sign the buyer out everywhere"
          onClose={() => {
            setOpen(false);
          }}
        >
          <div className="space-y-4">
            <p>
              <Buyer userId={userId} /> is signed out on every device, and pays nothing from there
              any more. With their password they can sign in again.
            </p>
            {error && <ErrorNotice error={error} />}
            <Button variant="danger" isBusy={isBusy} onClick={() => void run()}>
              Sign out everywhere
            </Button>
          </div>
        </Modal>
      )}
    </>
  );
}
