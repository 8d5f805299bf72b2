'use strict';

// A preload that reads the function's handler, as tracers do which look for its module.

if (process.env.TELL_HANDLER && require('worker_threads').isMainThread) { console.log(`preload: ${process.env._HANDLER}`); }
