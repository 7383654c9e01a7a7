#!/usr/bin/env node
import { runCommandLine } from "./program.ts";

const code = await runCommandLine(process.argv.slice(2));
// Done is what a process is by itself; and a server that is running now will say how it ended.
if (code !== 0) process.exitCode = code;
