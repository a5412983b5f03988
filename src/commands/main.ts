import { runCommand } from './program.ts';

/** A reader such as `head` may close the pipe before everything is written; that is no error. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
}

endQuietlyOnClosedPipe();
await runCommand(process.argv.slice(2));
