import { sqlText } from '../../records/sql-text.ts';
import type { SensorSettings } from '../format.ts';
import type { Field } from '../relation.ts';
import { groupField, groupsSql, matched } from '../text-relation.ts';
import type { SessionFields } from './session-rule.ts';
import { sessionRule } from './session-rule.ts';

/** What a daemon said, whoever wrote it down: each is SQL over the fields of the log that carries it. */
export interface Message {
  readonly text: string;
  readonly at: SessionFields['at'];
  /** Where the daemon runs, as the log names it. */
  readonly host: string;
  readonly pid: string;
}

/** One kind of message that tells of a session. */
export interface MessageKind {
  /** Name of the stream: `ssh-begin`. */
  readonly name: string;
  /** Programs that say it, as a pattern of the whole name. */
  readonly programs: string;
  /** What such a message begins with, as a pattern from its first character on. */
  readonly begins: string;
  /** The whole message from its first character on, with named groups; one that begins so and is not like this is a reject. */
  readonly pattern: string;
  session(group: Field, message: Message): SessionFields;
}

/** Messages of known programs that tell nothing of sessions, and of all other programs: left alone and counted. */
const OTHER = 'other';
export const TELLS_NOTHING = 'messages that tell of no session';

/** Returns SQL for the kind of a message, `other` for those that tell nothing. */
export function kindOf(kinds: readonly MessageKind[], program: string | undefined, text: string): string {
  const arms = kinds.map(({ name, programs, begins }) => {
    const says = `regexp_matches(${text}, ${sqlText(`^(?:${begins})`)})`;
    const by = program === undefined ? '' : `regexp_full_match(${program}, ${sqlText(programs)}) AND `;
    return `WHEN ${by}${says} THEN ${sqlText(name)}`;
  });
  return `CASE ${arms.join(' ')} ELSE ${sqlText(OTHER)} END`;
}

/** Returns whether a message is of one of the kinds; for the first lines of a log. */
export function isOfKind(kinds: readonly MessageKind[], program: string | undefined, text: string): boolean {
  return kinds.some(
    ({ programs, begins }) =>
      (program === undefined || new RegExp(`^(?:${programs})$`).test(program)) &&
      new RegExp(`^(?:${begins})`).test(text),
  );
}

/** Returns how messages of each kind become sessions; `messageOf` reaches them in the log that carries them. */
export function streamsOf(
  kinds: readonly MessageKind[],
  messageOf: (field: Field, sensor: SensorSettings) => Message,
) {
  return Object.fromEntries(
    kinds.map((kind) => [
      kind.name,
      {
        rule: (field: Field, sensor: SensorSettings) => {
          const message = messageOf(field, sensor);
          const pattern = `^(?:${kind.pattern})`;
          const groups = groupsSql(message.text, pattern);
          const group = groupField(groups, pattern);
          const fields = kind.session(group, message);
          const says = `message: not as ${kind.name} is written`;
          return sessionRule(
            {
              ...fields,
              faults: [{ when: `NOT coalesce(${matched(groups)}, false)`, says }, ...(fields.faults ?? [])],
            },
            sensor,
          );
        },
      },
    ]),
  );
}
