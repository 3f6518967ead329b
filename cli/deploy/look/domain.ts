import { DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { GetDomainNameCommand } from '@aws-sdk/client-apigatewayv2';
import { orAbsent, type StageAws } from '../aws.ts';

export type Certificate = 'absent' | { status: string; names: string[]; validation: { name: string; value: string }[] };

export async function lookAtCertificate({ acm }: StageAws, CertificateArn: string): Promise<Certificate> {
  const asked = acm.send(new DescribeCertificateCommand({ CertificateArn }));
  const found = await orAbsent(asked, undefined, 'ResourceNotFoundException');
  if (found === undefined) return 'absent';
  const { Status, SubjectAlternativeNames = [], DomainName, DomainValidationOptions = [] } = found.Certificate ?? {};
  return {
    status: Status ?? 'unknown',
    names: [...new Set([...(DomainName ? [DomainName] : []), ...SubjectAlternativeNames])],
    validation: DomainValidationOptions.flatMap(({ ResourceRecord, ValidationStatus }) =>
      ResourceRecord?.Name && ValidationStatus !== 'SUCCESS'
        ? [{ name: ResourceRecord.Name, value: ResourceRecord.Value ?? '' }]
        : [],
    ),
  };
}

/** Whether API Gateway has the name already. */
export async function lookForDomain({ api }: StageAws, DomainName: string): Promise<boolean> {
  const asked = api.send(new GetDomainNameCommand({ DomainName }));
  return (await orAbsent(asked, undefined, 'NotFoundException')) !== undefined;
}

const PATIENCE_MS = 5_000;

/** Whether an OpenID provider answers as API Gateway asks it, `answers`; else why not. */
export async function lookAtIssuer(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return ok ? 'answers' : `it says ${status}`;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  }
}
