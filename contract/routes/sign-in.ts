import * as v from 'valibot';
import { type Input, type Routes, texts } from '../route.ts';

const app = v.optional(v.string());
const Asked = v.object({ to: v.optional(v.string()), app });
/** DingTalk's codes are short: what is longer is none. */
const Code = v.strictObject({ code: v.pipe(v.string(), v.minLength(1), v.maxLength(200)), app });
const code: Input<typeof Code> = {
  schema: Code,
  read(given) {
    const result = v.safeParse(Code, given);
    if (result.success) return { value: result.output };
    return [{ path: '', code: 'invalid_request', message: 'the body is {"code", "app"}, as the page sends it' }];
  },
};

/** Who is looking; each of its two doors takes its own kind of code (identity.md §5, rule 5). */
export const signInRoutes = {
  'GET /sign-in': { needs: 'none', reaches: { records: ['query.to'], apps: ['query.app'] }, query: texts(Asked) },
  'GET /sign-in/start': { needs: 'none', reaches: { records: ['query.to'], apps: ['query.app'] }, query: texts(Asked) },
  'GET /sign-in/callback': { needs: 'none', reaches: {} },
  'POST /sign-in/dingtalk': { needs: 'none', reaches: { apps: ['body.app'] }, body: code },
  'POST /sign-in/console': { needs: 'none', reaches: {} },
  'POST /sign-in/end': { needs: 'none', reaches: {} },
} as const satisfies Routes;
