/**
 * The description without feedback (RFC 4585, 4.2) for payload types that its sections do not list. Firefox leaves that of
 * codecs which are not offered, and Chromium refuses such a description as a whole.
 */
export function withoutStrayFeedback(sdp: string): string {
  const lines = sdp.split('\r\n');
  let listed: readonly string[] = [];
  const kept = lines.filter((line) => {
    // `m=video 9 UDP/TLS/RTP/SAVPF 120 124`
    if (line.startsWith('m=')) listed = line.split(' ').slice(3);
    const payload = FEEDBACK.exec(line)?.[1];
    return payload === undefined || listed.includes(payload);
  });
  return kept.join('\r\n');
}

/** What is for all of them names no payload type, but `*`. */
const FEEDBACK = /^a=rtcp-fb:(\d+) /;
