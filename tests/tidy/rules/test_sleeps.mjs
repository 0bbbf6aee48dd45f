// A test that sleeps is slow when it passes and wrong when the machine is busy.

const sleep = /\b(?:sleep_for|sleep_until|SleepFor|usleep|nanosleep|sleep)\s*\(/g;

export default {
  name: 'test_sleeps',
  fix: 'wait for the event itself: a latch, a notification, a fake clock',
  check: (tree) =>
    tree
      .where((file) => file.isCpp && file.isTest)
      .flatMap((file) =>
        [...file.cpp.code.matchAll(sleep)].map((match) => ({
          path: file.path,
          line: file.lineAt(match.index),
          what: `"${match[0]}"`,
        })),
      ),
};
