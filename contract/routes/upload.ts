import { input } from '../faults.ts';
import { RequestUpload } from '../requests/files.ts';
import type { Routes } from '../route.ts';

const mentioned = ['body.mention.users', 'body.mention.mobiles', 'body.mention.all'] as const;

export const uploadRoutes = {
  'POST /files': {
    needs: 'files:share',
    reaches: { destinations: ['body.to'], mentions: mentioned },
    body: input(RequestUpload),
  },
} as const satisfies Routes;
