#!/usr/bin/env node
// The command line's launcher. Node.js 22 and newer keep compiled code between runs, which halves the time to start.
// The cache lies in the user's own directory: code in a directory that others can write to could be theirs.
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
module.enableCompileCache?.(join(cache, 'hephy-builder', 'compiled'));
process.argv[1] = fileURLToPath(new URL('../dist/index.js', import.meta.url));
await import('../dist/index.js');
