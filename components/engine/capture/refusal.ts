/** Who or what refused a capture: nobody answered, the user, the operating system, the page that embeds this one. */
export type Refusal = 'dismissed' | 'denied' | 'denied-by-system' | 'denied-by-policy';

/** The names by which browsers know what they permit. */
export type CaptureFeature = 'camera' | 'microphone' | 'display-capture';

/** How capturing was refused, by what the browser threw, or null where it was something else that failed. */
export function refusalOf(thrown: unknown, features: readonly CaptureFeature[]): Refusal | null {
  const { name = '', message = '' } = (thrown ?? {}) as { readonly name?: string; readonly message?: string };
  if (name !== 'NotAllowedError' && name !== 'SecurityError') return null;
  if (/dismiss/i.test(message)) return 'dismissed';
  if (/by system/i.test(message)) return 'denied-by-system';
  return features.every(policyAllows) ? 'denied' : 'denied-by-policy';
}

/** Whether the pages around this one allow it; true where the browser does not say. */
export function policyAllows(feature: CaptureFeature): boolean {
  const { featurePolicy } = (globalThis.document ?? {}) as {
    featurePolicy?: { allowsFeature(name: string): boolean };
  };
  return featurePolicy?.allowsFeature(feature) ?? true;
}
