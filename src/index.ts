import { main } from './cli/main.ts';
import { readEnv } from './system/env.ts';

process.exitCode = await main(process.argv.slice(2), readEnv());
