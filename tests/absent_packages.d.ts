// Packages of tests that ./cartwright test does not run, so that lint need not install them: what comes out of
// these is not checked.

declare module 'yaml';

declare module 'lighthouse' {
  const lighthouse: any;
  export default lighthouse;
  export const desktopConfig: any;
  export type Result = any;
}

declare module 'puppeteer-core' {
  const puppeteer: any;
  export default puppeteer;
  export type Page = any;
}
