import { input } from '../faults.ts';
import { DryRun } from '../requests/dry-run.ts';
import { SendMessage } from '../requests/messages.ts';
import type { Routes } from '../route.ts';

const record = { records: ['path.id'] } as const;
const mentioned = ['body.mention.users', 'body.mention.mobiles', 'body.mention.all'] as const;
const named = { destinations: ['path.name'] } as const;

export const messageRoutes = {
  'POST /messages': {
    needs: 'messages:send',
    reaches: {
      destinations: ['body.to'],
      mentions: mentioned,
      objects: ['body.image.mediaId', 'body.voice.mediaId', 'body.file.mediaId', 'body.oa.body.imageMediaId'],
    },
    query: input(DryRun),
    body: input(SendMessage),
  },
  'GET /messages/{id}': { needs: 'messages:read', reaches: record },
  'POST /messages/{id}/resend': { needs: 'messages:send', reaches: record },
  'POST /destinations/{name}/test': { needs: 'messages:send', reaches: named },
} as const satisfies Routes;
