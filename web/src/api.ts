import type {
  CheckAnswer,
  DetectAnswer,
  FacilityAnswer,
  PlantedAnswer,
  Problem,
  ReportAnswer,
  ReportKey,
} from '../../src/server/api-types.ts';

interface Answers {
  report: ReportAnswer;
  detect: DetectAnswer;
  check: CheckAnswer;
  facility: FacilityAnswer;
  planted: PlantedAnswer;
}

interface Queries {
  report: { by: ReportKey; path?: string; asOf?: number };
  detect: { asOf?: number };
  check: Record<never, never>;
  facility: Record<never, never>;
  planted: Record<never, never>;
}

/**
 * Returns the server's answer to a question of the API.
 * @throws Error with a sentence that can be shown as it is.
 */
export async function ask<Q extends keyof Answers>(question: Q, query: Queries[Q]): Promise<Answers[Q]> {
  const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const response = await fetch(`/v1/${question}?${parameters}`).catch(() => {
    throw new Error('The server does not answer. Is `weir serve` still running?');
  });
  if (response.ok) return response.json();
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `The server answered with status ${response.status}.`);
}
