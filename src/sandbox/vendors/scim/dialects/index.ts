import type { Vendor } from '../../../types.ts';
import { type DialectName, defaults, type ScimOptions } from '../options.ts';
import { asana } from './asana.ts';
import { aws } from './aws.ts';
import type { ServiceRules } from './dialect.ts';
import { figma } from './figma.ts';
import { github } from './github.ts';
import { slack } from './slack.ts';

const dialects: Readonly<Record<DialectName, ServiceRules>> = { asana, aws, figma, github, slack };

/** The rules of the service that this vendor stands for now, if it is one. */
export function dialectOf({ options: { dialect } }: Vendor<ScimOptions>): ServiceRules | undefined {
  return dialect && dialects[dialect];
}

/** The switches as they are set now. */
export function optionsOf(vendor: Vendor<ScimOptions>): ScimOptions {
  return { ...defaults, ...dialectOf(vendor)?.options, ...vendor.options };
}
