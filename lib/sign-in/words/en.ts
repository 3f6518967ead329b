import type { Words } from './zh.ts';

export const en: Words = {
  title: 'Sign in with DingTalk',
  why: 'Once you are signed in, you see what concerns you.',
  asking: 'Signing in…',
  signIn: 'Sign in with DingTalk',
  open: 'Open in DingTalk',
  phone: 'On a phone, open it in DingTalk: there you need not sign in.',
  ownLink: 'Or write "status" and the number of the task to the robot one-to-one for a link of your own.',
  goOn: 'Go on',
  signedIn: 'You are signed in',
  refused: {
    code_refused: ['Not signed in', 'The proof from DingTalk is too old or was used before. Please try again.'],
    foreign_state: [
      'Not signed in',
      'This sign-in did not begin here, or took more than ten minutes. Please try again.',
    ],
    gave_up: ['Not signed in', 'DingTalk did not confirm who you are.'],
    off: [
      'This link is incomplete',
      'Open it again from DingTalk: write "status" and the number of the task to the robot one-to-one for your link.',
    ],
    no_page: ['No such page', 'Open the link again from DingTalk.'],
    too_fast: ['Not so fast', 'There were too many tries. Please try again in a minute.'],
    sorry: ['Not now', 'The system or DingTalk did not answer. Please try again in a moment.'],
  },
};
