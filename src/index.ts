import { main, showFault } from './cli/main.ts';
import { readEnv } from './system/env.ts';

const env = readEnv();
process.once('uncaughtException', (error) => void showFault(error, env).finally(() => process.exit(1)));
process.exitCode = await main(process.argv.slice(2), env);
