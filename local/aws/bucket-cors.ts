import type { IncomingHttpHeaders } from 'node:http';
import * as v from 'valibot';
import { resourcesOf } from '../template/resources.ts';
import type { Template } from '../template/template.ts';

const Rule = v.object({
  AllowedOrigins: v.object({ 'Fn::Split': v.tuple([v.string(), v.string()]) }),
  AllowedMethods: v.array(v.string()),
  AllowedHeaders: v.array(v.string()),
  MaxAge: v.number(),
});
const Cors = v.object({ 'Fn::If': v.tuple([v.string(), v.object({ CorsRules: v.tuple([Rule]) }), v.unknown()]) });

/** What S3 answers to a browser beside its own answer, and whether that is all (a preflight). */
export type CorsAnswer = { status?: 200 | 403; headers: Record<string, string> };

/** The rule of serverless.yml's bucket for pages of other origins, as S3 follows it; undefined without one. */
export function bucketCors(template: Template) {
  const [bucket] = resourcesOf(template, 'AWS::S3::Bucket');
  if (bucket?.CorsConfiguration === undefined) return undefined;
  const { CorsRules } = v.parse(Cors, bucket.CorsConfiguration)['Fn::If'][1];
  const [{ AllowedOrigins, AllowedMethods, AllowedHeaders, MaxAge }] = CorsRules;
  const [separator, listed] = AllowedOrigins['Fn::Split'];
  const origins = listed.split(separator).filter(Boolean);
  return (method: string | undefined, { origin, ...headers }: IncomingHttpHeaders): CorsAnswer | undefined => {
    if (origin === undefined) return undefined;
    const wanted = headers['access-control-request-method'];
    const isPreflight = method === 'OPTIONS' && wanted !== undefined;
    const asked = (headers['access-control-request-headers'] ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean);
    const isAllowed =
      origins.includes(origin) &&
      AllowedMethods.includes(isPreflight ? wanted : (method ?? '')) &&
      asked.every((name) => AllowedHeaders.includes(name));
    if (!isAllowed) return isPreflight ? { status: 403, headers: {} } : undefined;
    const allow = { 'access-control-allow-origin': origin, vary: 'Origin' };
    if (!isPreflight) return { headers: allow };
    return {
      status: 200,
      headers: {
        ...allow,
        'access-control-allow-methods': AllowedMethods.join(', '),
        'access-control-allow-headers': asked.join(', '),
        'access-control-max-age': String(MaxAge),
      },
    };
  };
}
